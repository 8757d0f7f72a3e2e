import { parseTime } from '#kernel/calendar.ts';
import { type Routine, wait } from '#kernel/coroutine.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import { flag } from '../kubectl/command/flags.ts';
import type { CrictlCommand, CrictlInvocation } from './command.ts';
import { findContainer } from './find.ts';

export const logs: CrictlCommand = {
  names: ['logs'],
  flags: [
    flag('follow', 'bool', { short: 'f' }),
    flag('tail', 'int', { default: '-1' }),
    flag('limit-bytes', 'int', { default: '-1', missing: '' }),
    flag('since', 'string'),
    flag('timestamps', 'bool'),
    flag('previous', 'bool', { short: 'p' }),
    flag('reopen', 'bool', { short: 'r', missing: '' }),
  ],
  *run(invocation) {
    const { args, flags, runtime, process, fatal } = invocation;
    const [id] = args;
    if (id === undefined) return fatal('ID cannot be empty');
    let container = findContainer(runtime, id);
    if (flags.bool('previous')) {
      const { name, attempt } = container.config;
      const before = runtime
        .containers()
        .find(
          (each) =>
            each.sandboxId === container.sandboxId && each.config.name === name && each.config.attempt === attempt - 1,
        );
      if (!before) return fatal(`failed to get the previous container of ${id}`);
      container = before;
    }
    const file = container.logFile;
    const text = readTextIfThere(process.files, file);
    if (text === undefined)
      return fatal(
        `failed to try resolving symlinks in path ${JSON.stringify(file)}: lstat ${file}: no such file or directory`,
      );
    let lines = text.split('\n').filter((line) => line !== '');
    const since = sinceTime(invocation);
    if (since !== undefined) lines = lines.filter((line) => parseTime(line.slice(0, line.indexOf(' '))) >= since);
    const tail = flags.number('tail');
    for (const line of tail >= 0 ? lines.slice(Math.max(0, lines.length - tail)) : lines) print(invocation, line);
    if (!flags.bool('follow') || container.state !== 'RUNNING') return 0;
    return yield* follow(invocation, file, text.length, container.id);
  },
};

function sinceTime({ flags, process }: CrictlInvocation): number | undefined {
  const text = flags.string('since');
  if (text === '') return undefined;
  const { number, unit } = /^(?<number>\d+)(?<unit>[smh])$/.exec(text)?.groups ?? {};
  if (number === undefined) return parseTime(text);
  return process.kernel.now - Number(number) * { s: 1_000, m: 60_000, h: 3_600_000 }[unit as 's' | 'm' | 'h'];
}

/** A line of a CRI log: `TIME stdout|stderr F|P TEXT`. */
function print({ flags, out, error }: CrictlInvocation, line: string): void {
  const {
    time = '',
    stream,
    tag,
    text = '',
  } = /^(?<time>\S+) (?<stream>stdout|stderr) (?<tag>[FP]) ?(?<text>.*)$/s.exec(line)?.groups ?? {};
  const shown = `${flags.bool('timestamps') ? `${time} ` : ''}${text}${tag === 'P' ? '' : '\n'}`;
  if (stream === 'stderr') error(shown);
  else out(shown);
}

function* follow(invocation: CrictlInvocation, file: string, from: number, id: string): Routine<number> {
  const { process, runtime } = invocation;
  let at = from;
  const take = () => {
    const text = readTextIfThere(process.files, file) ?? '';
    for (const line of text.slice(at).split('\n')) if (line !== '') print(invocation, line);
    at = text.length;
  };
  return yield* wait<number>((resume) => {
    const watch = process.files.watch(file, take);
    const stop = runtime.subscribe(({ type, containerId }) => {
      if (containerId === id && type !== 'STARTED' && type !== 'CREATED') {
        take();
        resume(0);
      }
    });
    return () => {
      watch.close();
      stop();
    };
  });
}
