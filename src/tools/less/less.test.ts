import { describe, expect, it } from 'vitest';
import { Pipe } from '#machine/pipe.ts';
import type { StandardStreams } from '#machine/program.ts';
import { Process } from '../../cluster/node/processes/process.ts';
import { World } from '../../shell/test-world.ts';
import { TestScreen } from '../screen/test-screen.ts';
import { less } from './less.ts';

const TEXT = Array.from({ length: 30 }, (_, index) => `line ${index + 1}\n`).join('');

function open(argv: readonly string[], files: Readonly<Record<string, string>> = {}, input?: Pipe) {
  const world = new World({}, files);
  const screen = new TestScreen({ columns: 40, rows: 6 }, (signal) => process.signal(signal as 'WINCH', world.pids));
  const streams: StandardStreams = input
    ? {
        ...screen.streams,
        read: () => input.read(),
        terminal: { out: { columns: 40, rows: 6 }, error: { columns: 40, rows: 6 } },
      }
    : screen.streams;
  let code: number | undefined;
  const process: Process = new Process(
    { kernel: world.kernel, pids: world.pids, hostname: 'box', sockets: world.sockets, programs: () => undefined },
    {
      program: less,
      argv: ['less', ...argv],
      env: {},
      files: world.files.as({ workingDirectory: '/data' }),
      streams,
      onExit: (exit) => {
        code = exit.code;
      },
    },
  );
  world.kernel.runFor(5);
  const type = (keys: string) => {
    screen.terminal.input(keys);
    world.kernel.runFor(5);
  };
  return { world, screen, type, code: () => code };
}

describe('less', () => {
  it('shows a file page by page', () => {
    const { screen, type, code } = open(['f'], { '/data/f': TEXT });
    expect(screen.rows).toEqual(['line 1', 'line 2', 'line 3', 'line 4', 'line 5', 'f']);
    type(' ');
    expect(screen.rows[0]).toBe('line 6');
    expect(screen.rows[5]).toBe(':');
    type('jj');
    expect(screen.rows[0]).toBe('line 8');
    type('b');
    expect(screen.rows[0]).toBe('line 3');
    type('G');
    expect(screen.rows).toEqual(['line 26', 'line 27', 'line 28', 'line 29', 'line 30', '(END)']);
    type(' ');
    expect(screen.rows[0]).toBe('line 26');
    type('10g');
    expect(screen.rows[0]).toBe('line 10');
    type('q');
    expect(code()).toBe(0);
    expect(screen.isAlternate).toBe(false);
  });
  it('searches', () => {
    const { screen, type } = open(['f'], { '/data/f': TEXT });
    type('/2\r');
    expect(screen.rows[0]).toBe('line 2');
    type('n');
    expect(screen.rows[0]).toBe('line 12');
    type('N?nosuch\r');
    expect(screen.rows[5]).toBe('Pattern not found  (press RETURN)');
  });
  it('shows what comes, and does not read without end', () => {
    const pipe = new Pipe();
    const letGo = pipe.holdWriter();
    pipe.write('a\nb\n');
    const { screen, world, type, code } = open([], {}, pipe);
    expect(screen.rows.slice(0, 2)).toEqual(['a', 'b']);
    pipe.write('c\n'.repeat(5_000));
    world.kernel.runFor(5);
    expect(screen.rows[2]).toBe('c');
    pipe.write('d\n');
    letGo();
    world.kernel.runFor(5);
    type('G');
    world.kernel.runFor(5);
    type('G');
    expect(screen.rows[4]).toBe('d');
    type('q');
    expect(code()).toBe(0);
  });
  it('folds long lines, or cuts them', () => {
    const text = `${'x'.repeat(50)}y\nz\n`;
    expect(open(['f'], { '/data/f': text }).screen.rows.slice(0, 3)).toEqual([
      'x'.repeat(40),
      `${'x'.repeat(10)}y`,
      'z',
    ]);
    const { screen, type } = open(['-S', 'f'], { '/data/f': text });
    expect(screen.rows.slice(0, 2)).toEqual(['x'.repeat(40), 'z']);
    type('-N');
    expect(screen.rows[1]).toBe('      2 z');
  });
  it('is left out where all of it fits', () => {
    const { screen, code } = open(['-F', 'f'], { '/data/f': 'a\nb\n' });
    expect(code()).toBe(0);
    expect(screen.rows).toEqual(['a', 'b']);
  });
  it('complains', () => {
    expect(open(['nosuch']).screen.rows[0]).toBe('nosuch: No such file or directory');
    expect(open(['-Z', 'f']).screen.rows[0]).toBe('less: -Z is not simulated here');
  });
  it('follows a file', () => {
    const { screen, type, world } = open(['f'], { '/data/f': TEXT });
    type('F');
    world.files.writeText('/data/f', 'more\n', { append: true });
    world.kernel.runFor(2_000);
    expect(screen.rows.slice(4)).toEqual(['more', 'Waiting for data... (interrupt to abort)']);
    type('\u0003q');
    expect(screen.isAlternate).toBe(false);
  });
});
