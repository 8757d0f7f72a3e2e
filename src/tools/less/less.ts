import { Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import type { Terminal } from '#machine/terminal.ts';
import { keysOf } from '../screen/keys.ts';
import { Screen } from '../screen/screen.ts';
import { Lines } from './lines.ts';
import { Pager } from './pager.ts';

/** Options without a value that change nothing here. */
const IDLE = 'qQKMmXcC';

/** less: shows a text page by page; without a terminal it is cat. */
export const less: Program = function* less(process: ProcessContext): Routine<number> {
  const { streams, argv } = process;
  const letters = new Set<string>();
  const paths: string[] = [];
  const commands: string[] = [];
  for (const word of argv.slice(1)) {
    if (word.startsWith('+')) commands.push(word.slice(1));
    else if (/^-[A-Za-z]+$/.test(word)) for (const letter of word.slice(1)) letters.add(letter);
    else if (word.startsWith('-') && word !== '-') {
      streams.error(`less: ${word} is not simulated here\n`);
      return 1;
    } else paths.push(word);
  }
  const odd = [...letters].find((letter) => !`SRrNFiIe${IDLE}`.includes(letter));
  if (odd !== undefined) {
    streams.error(`less: -${odd} is not simulated here\n`);
    return 1;
  }
  if (paths.length === 0 && streams.terminal.in) {
    streams.error('Missing filename ("less --help" for help)\n');
    return 1;
  }
  const terminal = streams.controllingTerminal;
  if (!terminal || !streams.terminal.out) return yield* copy(process, paths);
  if (paths.length > 1) {
    streams.error('less: more than one file is not simulated here\n');
    return 1;
  }
  return yield* page(process, terminal, { path: paths[0], letters, commands });
};

function* copy({ files, streams }: ProcessContext, paths: readonly string[]): Routine<number> {
  let status = 0;
  for (const path of paths) {
    try {
      streams.out(files.readText(path));
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      streams.error(`${path}: ${error.message}\n`);
      status = 1;
    }
    yield* streams.drain();
  }
  if (paths.length > 0) return status;
  for (let text = yield* streams.read(); text !== undefined; text = yield* streams.read()) {
    streams.out(text);
    yield* streams.drain();
  }
  return 0;
}

interface PageOptions {
  readonly path: string | undefined;
  readonly letters: ReadonlySet<string>;
  readonly commands: readonly string[];
}

function* page(process: ProcessContext, terminal: Terminal, { path, letters, commands }: PageOptions): Routine<number> {
  let changed: () => void = () => undefined;
  const lines = new Lines(() => changed());
  const pager = new Pager(
    lines,
    {
      isChopped: letters.has('S'),
      isRaw: letters.has('R') || letters.has('r'),
      hasNumbers: letters.has('N'),
      ignoresCase: letters.has('i') || letters.has('I'),
    },
    path === undefined || path === '-' ? '' : path,
  );
  try {
    if (path === undefined || path === '-') lines.openInput(process);
    else lines.openFile(process, path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    process.streams.error(error.code === 'EISDIR' ? `${path} is a directory\n` : `${path}: ${error.message}\n`);
    return 1;
  }
  // Short texts are not worth a screen of their own, once all of them is there.
  if (letters.has('F') && (yield* isShort(lines, terminal, (listener) => (changed = listener)))) {
    process.streams.out(lines.all.map((line) => `${line}\n`).join(''));
    yield* process.streams.drain();
    return 0;
  }
  const screen = new Screen(terminal);
  process.onExit(() => screen.close());
  process.onSignal('WINCH', () => pager.show(screen));
  process.onSignal('INT', () => undefined);
  changed = () => pager.show(screen);
  let following: Coroutine<void> | undefined;
  process.onExit(() => following?.cancel());
  const reader = pager.keys();
  reader.next();
  pager.show(screen);
  const press = (key: string) => {
    reader.next(key);
    if (pager.isFollowing && !following && path !== undefined && path !== '-')
      following = new Coroutine(
        process.kernel,
        lines.followFile(process, path),
        () => undefined,
        () => undefined,
      );
    else if (!pager.isFollowing) {
      following?.cancel();
      following = undefined;
    }
  };
  for (const command of commands)
    for (const key of keysOf(`${command}${command.startsWith('/') ? '\r' : ''}`)) press(key);
  while (!pager.isDone) {
    pager.show(screen);
    const text = yield* terminal.read();
    if (text === undefined) break;
    for (const key of keysOf(text)) if (!pager.isDone) press(key);
  }
  return 0;
}

/** Waits until all of it is there, or more than fits. */
function* isShort(lines: Lines, { size }: Terminal, listen: (listener: () => void) => void): Routine<boolean> {
  const rows = () => lines.all.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / size.columns)), 0);
  while (!lines.isEnded && rows() < size.rows)
    yield* wait<void>((resume) => {
      listen(() => resume());
      return () => listen(() => undefined);
    });
  return lines.isEnded && rows() < size.rows;
}
