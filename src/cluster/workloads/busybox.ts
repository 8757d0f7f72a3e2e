import { type Routine, sleep, wait } from '#kernel/coroutine.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { ConnectError } from '#machine/sockets.ts';

/** Programs of busybox that need no shell: the shell itself is registered beside them by who builds the cluster. */
export const busyboxPrograms: Readonly<Record<string, Program>> = {
  sleep: sleepProgram,
  true: function* () {
    return yield* ended(0);
  },
  false: function* () {
    return yield* ended(1);
  },
  echo: function* ({ argv, streams }) {
    const [, ...words] = argv;
    const isOpen = words[0] === '-n';
    streams.out(`${(isOpen ? words.slice(1) : words).join(' ')}${isOpen ? '' : '\n'}`);
    return yield* ended(0);
  },
  cat: function* ({ argv, streams, files }) {
    if (argv.length === 1) {
      for (let text = yield* streams.read(); text !== undefined; text = yield* streams.read()) streams.out(text);
      return 0;
    }
    let code = 0;
    for (const path of argv.slice(1)) {
      const text = readTextIfThere(files, path);
      if (text !== undefined) streams.out(text);
      else {
        streams.error(`cat: can't open '${path}': No such file or directory\n`);
        code = 1;
      }
    }
    return yield* ended(code);
  },
  hostname: function* ({ hostname, streams }) {
    streams.out(`${hostname}\n`);
    return yield* ended(0);
  },
  env: printEnvironment,
  printenv: printEnvironment,
  wget: wgetProgram,
};

function ended(code: number): Routine<number> {
  return wait<number>((resume) => {
    resume(code);
    return undefined;
  });
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function* sleepProgram({ argv, kernel, streams }: ProcessContext): Routine<number> {
  let seconds = 0;
  for (const word of argv.slice(1)) {
    if (word === 'infinity') return yield* wait<number>(() => undefined);
    const { amount, unit = 's' } = /^(?<amount>\d*\.?\d+)(?<unit>[smhd])?$/.exec(word)?.groups ?? {};
    if (amount === undefined) {
      streams.error(`sleep: invalid number '${word}'\n`);
      return 1;
    }
    seconds += Number(amount) * (UNITS[unit] ?? 1);
  }
  yield* sleep(kernel, seconds * 1000);
  return 0;
}

function* printEnvironment({ env, streams }: ProcessContext): Routine<number> {
  for (const [name, value] of Object.entries(env)) streams.out(`${name}=${value}\n`);
  return yield* ended(0);
}

/** `wget -qO- http://web`: names are resolved by the cluster's name server. */
function* wgetProgram(process: ProcessContext): Routine<number> {
  const { argv, streams, sockets } = process;
  const url = argv.slice(1).find((word) => !word.startsWith('-')) ?? '';
  const {
    host = '',
    port = '80',
    path = '/',
  } = /^(?:http:\/\/)?(?<host>[^:/]+)(?::(?<port>\d+))?(?<path>\/.*)?$/.exec(url)?.groups ?? {};
  const address = resolveHost(process, host);
  if (address === undefined) {
    streams.error(`wget: bad address '${host}'\n`);
    return 1;
  }
  try {
    const { http } = sockets.connect('tcp', address, Number(port)).serves;
    const response = http?.({
      method: 'GET',
      path: path || '/',
      headers: { host, 'user-agent': 'Wget' },
      peer: { address: sockets.addresses[0] ?? '' },
    });
    if (!response || response.status >= 400) {
      streams.error(`wget: server returned error: HTTP/1.1 ${response?.status ?? 500}\n`);
      return 1;
    }
    streams.out(String(response.body ?? ''));
    return yield* ended(0);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const why = error.message.includes('refused') ? 'Connection refused' : 'No route to host';
    streams.error(`wget: can't connect to remote host (${address}): ${why}\n`);
    return 1;
  }
}

/** The address of a host: itself, or what /etc/resolv.conf's name server says with its search list. */
export function resolveHost({ sockets, files }: ProcessContext, host: string): string | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return host;
  if (host === 'localhost') return '127.0.0.1';
  const config = readTextIfThere(files, '/etc/resolv.conf') ?? '';
  const server = /^nameserver (?<server>\S+)/m.exec(config)?.groups?.['server'];
  if (!server) return undefined;
  const search = /^search (?<list>.*)$/m.exec(config)?.groups?.['list']?.split(/\s+/) ?? [];
  for (const name of [...search.map((domain) => `${host}.${domain}`), host]) {
    try {
      const answer = sockets.connect('udp', server, 53).serves.dns?.(name, 'A');
      const [record] = answer?.records ?? [];
      if (record) return record.data;
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
    }
  }
  return undefined;
}
