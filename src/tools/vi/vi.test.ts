import { describe, expect, it } from 'vitest';
import { Process } from '../../cluster/node/processes/process.ts';
import { World } from '../../shell/test-world.ts';
import { TestScreen } from '../screen/test-screen.ts';
import { vi } from './vi.ts';

const ESC = '\u001b';

function open(text: string | undefined, argv: readonly string[] = ['vi', 'f'], size = { columns: 60, rows: 10 }) {
  const world = new World({}, text === undefined ? {} : { '/data/f': text });
  const screen = new TestScreen(size, (signal) => process.signal(signal as 'WINCH', world.pids));
  let code: number | undefined;
  const process: Process = new Process(
    { kernel: world.kernel, pids: world.pids, hostname: 'box', sockets: world.sockets, programs: () => undefined },
    {
      program: vi,
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
  return { world, screen, type, code: () => code, file: () => world.files.readText('/data/f') };
}

/** What a text becomes by some keys. */
function edited(text: string, keys: string): string {
  const { type, file } = open(text);
  type(`${keys}${ESC}:w!\r`);
  return file();
}

const TEXT = 'one two three\n  four five\nsix\nseven eight\n';

describe('vi', () => {
  it.each([
    ['dd', '  four five\nsix\nseven eight\n'],
    ['2dd', 'six\nseven eight\n'],
    ['dG', ''],
    ['jdgg', 'six\nseven eight\n'],
    ['x', 'ne two three\n  four five\nsix\nseven eight\n'],
    ['3xp', ' onetwo three\n  four five\nsix\nseven eight\n'],
    ['dw', 'two three\n  four five\nsix\nseven eight\n'],
    ['wd$', 'one \n  four five\nsix\nseven eight\n'],
    ['wD', 'one \n  four five\nsix\nseven eight\n'],
    ['cwx', 'x two three\n  four five\nsix\nseven eight\n'],
    [`wcwx${ESC}w.`, 'one x x\n  four five\nsix\nseven eight\n'],
    ['c2wx', 'x three\n  four five\nsix\nseven eight\n'],
    ['wwdb', 'one three\n  four five\nsix\nseven eight\n'],
    ['2d2w', 'five\nsix\nseven eight\n'],
    ['de', ' two three\n  four five\nsix\nseven eight\n'],
    ['dtt', 'two three\n  four five\nsix\nseven eight\n'],
    ['f dF', 'one two three\n  four five\nsix\nseven eight\n'],
    ['yyp', 'one two three\none two three\n  four five\nsix\nseven eight\n'],
    ['yyjP', 'one two three\none two three\n  four five\nsix\nseven eight\n'],
    ['ddp', '  four five\none two three\nsix\nseven eight\n'],
    ['y2yGp', `${TEXT}one two three\n  four five\n`],
    ['ox', 'one two three\nx\n  four five\nsix\nseven eight\n'],
    ['Ox\ry', 'x\ny\none two three\n  four five\nsix\nseven eight\n'],
    ['jIx', 'one two three\n  xfour five\nsix\nseven eight\n'],
    ['Ax', 'one two threex\n  four five\nsix\nseven eight\n'],
    ['lax', 'onxe two three\n  four five\nsix\nseven eight\n'],
    ['rx', 'xne two three\n  four five\nsix\nseven eight\n'],
    ['Rxyz!', 'xyz!two three\n  four five\nsix\nseven eight\n'],
    ['J', 'one two three four five\nsix\nseven eight\n'],
    ['3J', 'one two three four five six\nseven eight\n'],
    ['~', 'One two three\n  four five\nsix\nseven eight\n'],
    [':set sw=2\r>>', '  one two three\n  four five\nsix\nseven eight\n'],
    [':set sw=2\rj<<', 'one two three\nfour five\nsix\nseven eight\n'],
    ['ccx', 'x\n  four five\nsix\nseven eight\n'],
    ['ddu', TEXT],
    ['ddjddu', '  four five\nsix\nseven eight\n'],
    ['dduu', TEXT],
    ['ddu\u0012', '  four five\nsix\nseven eight\n'],
    ['dd.', 'six\nseven eight\n'],
    ['ix \u007fy', 'xyone two three\n  four five\nsix\nseven eight\n'],
    ['iab cd\u0017', 'ab one two three\n  four five\nsix\nseven eight\n'],
    ['/six\rdd', 'one two three\n  four five\nseven eight\n'],
    ['/e\rnx', 'one two thre\n  four five\nsix\nseven eight\n'],
    ['G?e\rx', 'one two three\n  four fiv\nsix\nseven eight\n'],
    ['d/five\r', 'five\nsix\nseven eight\n'],
    ['Vjd', 'six\nseven eight\n'],
    ['vwd', 'wo three\n  four five\nsix\nseven eight\n'],
    ['vey$p', 'one two threeone\n  four five\nsix\nseven eight\n'],
    ['V>', '\tone two three\n  four five\nsix\nseven eight\n'],
    ['wdiw', 'one  three\n  four five\nsix\nseven eight\n'],
    ['wdaw', 'one three\n  four five\nsix\nseven eight\n'],
    [':2d\r', 'one two three\nsix\nseven eight\n'],
    [':2,3d\r', 'one two three\nseven eight\n'],
    [':%s/e/E/\r', 'onE two three\n  four fivE\nsix\nsEven eight\n'],
    [':%s/e/E/g\r', 'onE two thrEE\n  four fivE\nsix\nsEvEn Eight\n'],
    [':s#two#/\\&/&#\r', 'one /&/two three\n  four five\nsix\nseven eight\n'],
    [':$s/\\(s\\w*\\) \\(e\\w*\\)/\\2 \\1/\r', 'one two three\n  four five\nsix\neight seven\n'],
    [':3\rdd', 'one two three\n  four five\nseven eight\n'],
    ['Vj:s/o/0/\r', '0ne two three\n  f0ur five\nsix\nseven eight\n'],
    ['2GdG', 'one two three\n'],
    ['"ayyj"ap', 'one two three\n  four five\none two three\nsix\nseven eight\n'],
    ['jyyddp', 'one two three\nsix\n  four five\nseven eight\n'],
    ['i\u001b[B\u001b[Fx', 'one two three\n  four fivex\nsix\nseven eight\n'],
  ])('%j', (keys, expected) => {
    expect(edited(TEXT, keys)).toBe(expected);
  });

  it('changes what is in quotes and brackets', () => {
    expect(edited('a: "b c" (d [e])\n', 'fbci"x')).toBe('a: "x" (d [e])\n');
    expect(edited('a: "b c" (d [e])\n', 'fedi(')).toBe('a: "b c" ()\n');
    expect(edited('a: "b c" (d [e])\n', 'f(d%')).toBe('a: "b c" \n');
  });

  it('writes and leaves', () => {
    const { type, file, code, screen } = open('a\n');
    type('ox');
    expect(screen.rows.at(9)).toMatch(/^-- INSERT -- +2,2 +All$/);
    type(`${ESC}:wq\r`);
    expect(file()).toBe('a\nx\n');
    expect(code()).toBe(0);
    expect(screen.isAlternate).toBe(false);
  });
  it('does not lose what is not written', () => {
    const { type, code, screen, file } = open('a\n');
    type('x:q\r');
    expect(screen.rows[9]).toMatch(/^E37: No write since last change \(add ! to override\)/);
    type(':q!\r');
    expect(code()).toBe(0);
    expect(file()).toBe('a\n');
  });
  it('makes a new file', () => {
    const { type, screen, file } = open(undefined);
    expect(screen.rows[9]).toMatch(/^"f" \[New\]/);
    type(`ihello\rworld${ESC}ZZ`);
    expect(file()).toBe('hello\nworld\n');
  });
  it('says what it did', () => {
    const { type, screen } = open(TEXT);
    expect(screen.rows[0]).toBe('one two three');
    expect(screen.rows[4]).toBe('~');
    expect(screen.rows[9]).toMatch(/^"f" 4L, 42B +1,1 +All$/);
    type(':w\r');
    expect(screen.rows[9]).toMatch(/^"f" 4L, 42B written/);
    type(':nosuch\r');
    expect(screen.rows[9]).toMatch(/^E492: Not an editor command: nosuch/);
    type('/nosuch\r');
    expect(screen.rows[9]).toMatch(/^E486: Pattern not found: nosuch/);
    type(':%s/e/x/g\r');
    expect(screen.rows[9]).toMatch(/^7 substitutions on 3 lines/);
    type(':set nu\r');
    expect(screen.rows[0]).toBe('  1 onx two thrxx');
  });
  it('scrolls, wraps and follows the size', () => {
    const text = Array.from({ length: 50 }, (_, index) => `line ${index + 1}\n`).join('');
    const { type, screen } = open(`${'x'.repeat(70)}\n${text}`);
    expect(screen.rows.slice(0, 3)).toEqual(['x'.repeat(60), 'x'.repeat(10), 'line 1']);
    type('G');
    expect(screen.rows[8]).toBe('line 50');
    expect(screen.rows[9]).toMatch(/51,1 +Bot$/);
    type('gg');
    expect([screen.row, screen.column]).toEqual([0, 0]);
    type('\u0006');
    expect(screen.rows[0]).toBe('line 7');
    screen.terminal.resize({ columns: 40, rows: 5 });
    type('gg$');
    expect([screen.row, screen.column]).toEqual([1, 29]);
  });
  it('refuses what may not be written, and what is not simulated', () => {
    const { type, screen } = open('a\n', ['vi', '-R', 'f']);
    type('x:w\r');
    expect(screen.rows[9]).toMatch(/^E45: 'readonly' option is set/);
    type(':!ls\r');
    expect(screen.rows[9]).toMatch(/not simulated here/);
  });
});
