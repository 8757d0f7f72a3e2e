import { sleep, wait } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import { credentialsOf, groupName, groupsOf, userName, usersOf } from '#machine/users.ts';
import { immediate, type Tool } from './tool.ts';
import { complainAs, refuseUsage } from './words.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `5`, `0.5`, `2m`, in seconds; undefined for what is no time. */
export function readSeconds(text: string): number | undefined {
  const { amount, unit = 's' } = /^(?<amount>\d+\.?\d*|\.\d+)(?<unit>[smhd])?$/.exec(text)?.groups ?? {};
  return amount === undefined ? undefined : Number(amount) * (UNITS[unit] ?? 1);
}

export const sleepTool: Tool = {
  options: { operand: /^-\d/ },
  resumes: true,
  *run(invocation) {
    const { operands, process, dialect } = invocation;
    if (operands.length === 0) return refuseUsage(invocation, 'missing operand');
    let seconds = 0;
    for (const word of operands) {
      if (word === 'infinity' || word === 'inf') return yield* wait<number>(() => undefined);
      const some = readSeconds(word);
      if (some === undefined) {
        if (dialect === 'gnu') return refuseUsage(invocation, `invalid time interval '${word}'`);
        complainAs(invocation, '', `invalid number '${word}'`);
        return 1;
      }
      seconds += some;
    }
    const { kernel, isResumed, startedAt } = process;
    const slept = isResumed ? kernel.now - startedAt : 0;
    yield* sleep(kernel, Math.max(0, seconds * 1000 - slept));
    return 0;
  },
};

export const trueTool = immediate({ operand: /./ }, () => 0);
export const falseTool = immediate({ operand: /./ }, () => 1);

export const pwd = immediate({ flags: 'LP' }, ({ process, out }) => {
  out(`${process.files.workingDirectory}\n`);
  return 0;
});

export const hostname = immediate({ flags: 'fsidI' }, ({ process, has, operands, out, complain }) => {
  if (operands.length > 0) {
    complain('sethostname: Operation not permitted');
    return 1;
  }
  if (has('i') || has('I')) out(`${process.sockets.addresses.join(' ')}\n`);
  else if (has('s')) out(`${process.hostname.split('.')[0]}\n`);
  else if (has('d')) out(`${process.hostname.split('.').slice(1).join('.')}\n`);
  else out(`${process.hostname}\n`);
  return 0;
});

export const uname = immediate(
  { flags: 'asnrvmpio', long: { all: 'a', 'kernel-name': 's', nodename: 'n', 'kernel-release': 'r', machine: 'm' } },
  ({ process, has, out }) => {
    const parts: readonly (readonly [letter: string, text: string])[] = [
      ['s', 'Linux'],
      ['n', process.hostname],
      ['r', '6.12.0'],
      ['v', '#1 SMP PREEMPT_DYNAMIC Debian 6.12'],
      ['m', 'x86_64'],
      ['o', 'GNU/Linux'],
    ];
    const wanted = parts.filter(([letter]) => has('a') || has(letter));
    out(`${(wanted.length > 0 ? wanted : parts.slice(0, 1)).map(([, text]) => text).join(' ')}\n`);
    return 0;
  },
);

export const whoami = immediate({}, ({ process, out }) => {
  out(`${userName(process.files, process.files.credentials.uid)}\n`);
  return 0;
});

export const id = immediate(
  { flags: 'ugnGr', long: { user: 'u', group: 'g', name: 'n', groups: 'G' } },
  (invocation) => {
    const { process, has, operands, out } = invocation;
    const { files } = process;
    const [name] = operands;
    const who = name === undefined ? files.credentials : credentialsOf(files, name);
    if (!who) {
      complainAs(invocation, `'${name}': no such user`, `unknown user ${name}`);
      return 1;
    }
    const groups = [who.gid, ...who.groups.filter((gid) => gid !== who.gid)];
    const user = (uid: number) => (has('n') ? userName(files, uid) : String(uid));
    const group = (gid: number) => (has('n') ? groupName(files, gid) : String(gid));
    if (has('u')) out(`${user(who.uid)}\n`);
    else if (has('g')) out(`${group(who.gid)}\n`);
    else if (has('G')) out(`${groups.map(group).join(' ')}\n`);
    else {
      const withName = (number: number, known: string | undefined) =>
        `${number}${known === undefined ? '' : `(${known})`}`;
      const userOf = usersOf(files).find(({ uid }) => uid === who.uid)?.name;
      const groupOf = (gid: number) => withName(gid, groupsOf(files).find((each) => each.gid === gid)?.name);
      out(`uid=${withName(who.uid, userOf)} gid=${groupOf(who.gid)} groups=${groups.map(groupOf).join(',')}\n`);
    }
    return 0;
  },
);

export const basename = immediate(
  { flags: 'a', values: 's', long: { multiple: 'a', 'suffix=': 's' } },
  (invocation) => {
    const { operands, has, value, out } = invocation;
    if (operands.length === 0) return refuseUsage(invocation, 'missing operand');
    const isMultiple = has('a') || has('s');
    if (!isMultiple && operands.length > 2) return refuseUsage(invocation, `extra operand '${operands[2]}'`);
    const suffix = isMultiple ? value('s') : operands[1];
    for (const path of isMultiple ? operands : operands.slice(0, 1)) {
      const last = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
      const name = last === '' && path.startsWith('/') ? '/' : last;
      out(`${suffix && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`);
    }
    return 0;
  },
);

export const dirname = immediate({}, (invocation) => {
  if (invocation.operands.length === 0) return refuseUsage(invocation, 'missing operand');
  for (const path of invocation.operands) {
    const trimmed = path.replace(/(?<=.)\/+$/, '');
    const slash = trimmed.lastIndexOf('/');
    invocation.out(`${slash < 0 ? '.' : trimmed.slice(0, slash).replace(/\/+$/, '') || '/'}\n`);
  }
  return 0;
});

export const nproc = immediate({ long: { all: 'all' } }, ({ out }) => {
  out('2\n');
  return 0;
});

export const which = immediate({ flags: 'a' }, ({ operands, process, has, out }) => {
  const { files, env } = process;
  const isThere = (path: string) => {
    try {
      files.access(path, 'x');
      return files.stat(path).kind === 'file';
    } catch (error) {
      if (error instanceof FsError) return false;
      throw error;
    }
  };
  let status = 0;
  for (const name of operands) {
    const candidates = name.includes('/')
      ? [name]
      : (env['PATH'] ?? '').split(':').map((directory) => `${directory || '.'}/${name}`);
    const found = candidates.filter(isThere);
    for (const path of has('a') ? found : found.slice(0, 1)) out(`${path}\n`);
    if (found.length === 0) status = 1;
  }
  return status;
});

/** Numbers as decimal text, without the errors of binary fractions. */
export const seq: Tool = {
  options: { flags: 'w', values: 'sf', long: { 'separator=': 's', 'equal-width': 'w' }, operand: /^-[\d.]/ },
  *run(invocation) {
    const { operands, has, value, out, process } = invocation;
    if (operands.length === 0) return refuseUsage(invocation, 'missing operand');
    if (operands.length > 3) return refuseUsage(invocation, `extra operand '${operands[3]}'`);
    const bad = operands.find((word) => !/^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(word));
    if (bad !== undefined) return refuseUsage(invocation, `invalid floating point argument: '${bad}'`);
    if (has('f')) {
      invocation.complain('-f is not simulated here');
      return 2;
    }
    const [first, step, last] =
      operands.length === 1
        ? ['1', '1', operands[0]]
        : operands.length === 2
          ? [operands[0], '1', operands[1]]
          : operands;
    if (Number(step) === 0) return refuseUsage(invocation, `invalid Zero increment value: '${step}'`);
    const places = Math.max(...[first, step].map((word) => word?.split('.')[1]?.length ?? 0));
    const scale = 10 ** places;
    const [from, by, to] = [first, step, last].map((word) => Math.round(Number(word) * scale));
    if (from === undefined || by === undefined || to === undefined) return 1;
    const write = (scaled: number) => (scaled / scale).toFixed(places);
    const width = has('w') ? Math.max(write(from).length, write(to).length) : 0;
    const padded = (text: string) =>
      text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0');
    const separator = value('s') ?? '\n';
    let isFirst = true;
    for (let number = from; by > 0 ? number <= to : number >= to; number += by) {
      out(`${isFirst ? '' : separator}${padded(write(number))}`);
      isFirst = false;
      if ((number - from) % (1024 * by) === 0) yield* process.streams.drain();
    }
    if (!isFirst) out('\n');
    return 0;
  },
};
