import { describe, expect, it } from 'vitest';
import { Process } from '../../cluster/node/processes/process.ts';
import { World } from '../../shell/test-world.ts';
import { TestScreen } from '../screen/test-screen.ts';
import { nano } from './nano.ts';

const DOWN = '\u001b[B';
const END = '\u001b[F';
const WRITE = '\u000f\r';
const EXIT = '\u0018';

function open(text: string | undefined, argv: readonly string[] = ['nano', 'f']) {
  const world = new World({}, text === undefined ? {} : { '/data/f': text });
  const screen = new TestScreen({ columns: 60, rows: 9 });
  let code: number | undefined;
  new Process(
    { kernel: world.kernel, pids: world.pids, hostname: 'box', sockets: world.sockets, programs: () => undefined },
    {
      program: nano,
      argv,
      env: {},
      files: world.files.as({ workingDirectory: '/data' }),
      streams: screen.streams,
      onExit: (exit) => {
        code = exit.code;
      },
    },
  );
  const type = (keys: string) => {
    screen.terminal.input(keys);
    world.kernel.runFor(1);
  };
  world.kernel.runFor(1);
  return { screen, type, code: () => code, file: () => world.files.readText('/data/f') };
}

describe('nano', () => {
  it('shows a file and its keys', () => {
    const { screen } = open('one\ntwo\n');
    expect(screen.rows.slice(0, 3)).toEqual([`  GNU nano 7.2${' '.repeat(15)}f`, 'one', 'two']);
    expect(screen.rows[6]).toMatch(/\[ Read 2 lines \]/);
    expect(screen.rows[7]).toMatch(/^\^G Help +\^O Write Out/);
  });
  it.each([
    ['x', 'xone\ntwo\nthree\n'],
    [`${DOWN}x`, 'one\nxtwo\nthree\n'],
    [`${END}x\ry`, 'onex\ny\ntwo\nthree\n'],
    ['\u000b', 'two\nthree\n'],
    ['\u000b\u000b\u0015', 'one\ntwo\nthree\n'],
    [`\u000b${DOWN}\u0015`, 'two\none\nthree\n'],
    [`${DOWN}\u007f`, 'onetwo\nthree\n'],
    ['\u0004', 'ne\ntwo\nthree\n'],
    ['xy\u001bu', 'one\ntwo\nthree\n'],
    ['xy\u001bu\u001be', 'xyone\ntwo\nthree\n'],
    ['\u0017thr\rx', 'one\ntwo\nxthree\n'],
    ['\u001cone\rONE\ra', 'ONE\ntwo\nthree\n'],
    ['\u001co\r0\ryn', '0ne\ntwo\nthree\n'],
    ['\u001f2\rx', 'one\nxtwo\nthree\n'],
  ])('%j', (keys, expected) => {
    const { type, file } = open('one\ntwo\nthree\n');
    type(keys + WRITE);
    expect(file()).toBe(expected);
  });
  it('asks before it leaves', () => {
    const { type, screen, file, code } = open('one\n');
    type(`x${EXIT}`);
    expect(screen.rows[0]).toMatch(/Modified$/);
    expect(screen.rows[6]).toBe('Save modified buffer?');
    type('\u0003');
    expect(screen.rows[6]).toMatch(/\[ Cancelled \]/);
    type(`${EXIT}y`);
    expect(screen.rows[6]).toBe('File Name to Write: f');
    type('\r');
    expect([file(), code(), screen.isAlternate]).toEqual(['xone\n', 0, false]);
  });
  it('makes a file, or leaves it', () => {
    const { type, screen, code } = open(undefined);
    expect(screen.rows[6]).toMatch(/\[ New File \]/);
    type(`x${EXIT}n`);
    expect(code()).toBe(0);
  });
  it('tells what it does not find, and what it cannot', () => {
    const { type, screen } = open('one\n');
    type('\u0017zzz\r');
    expect(screen.rows[6]).toMatch(/\[ "zzz" not found \]/);
    type('\u0014');
    expect(screen.rows[6]).toMatch(/\[ \^T is not simulated here \]/);
    type('\u0003');
    expect(screen.rows[6]).toMatch(/line 1\/1 \(100%\), col 1\/4/);
  });
});
