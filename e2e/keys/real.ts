import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { openScreen, type Screen } from './screen.ts';
import { type KeyTable, keysOf } from './table.ts';

/** Programs that the table's keys can start: completion finds these alone. */
export const PROGRAMS = ['bash', 'cat', 'clear', 'grep', 'head', 'ls', 'seq', 'sleep', 'stty', 'tty', 'yes'] as const;

/** Debian's /etc/inputrc. */
const INPUTRC = `set input-meta on
set output-meta on
"\\e[1~": beginning-of-line
"\\e[4~": end-of-line
"\\e[3~": delete-char
"\\e[2~": quoted-insert
"\\e[1;5C": forward-word
"\\e[1;5D": backward-word
`;
/** The terminal is quiet when it said nothing for so many milliseconds; after Enter a command may be at work. */
const QUIET = 25;
const AT_WORK = 150;
const WORKING = ['\r', '\u0003', '\u0004', '\u001a', '\u001c'];

/** Types keys into the real bash on a terminal. */
export async function typeReal(table: KeyTable, keys: string): Promise<Screen> {
  const folder = mkdtempSync(join(tmpdir(), 'keys-'));
  const [data, bin] = [join(folder, 'data'), join(folder, 'bin')];
  for (const [path, text] of Object.entries(table.files)) {
    mkdirSync(dirname(join(data, path)), { recursive: true });
    writeFileSync(join(data, path), text);
  }
  mkdirSync(bin);
  for (const name of PROGRAMS)
    symlinkSync(spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(), join(bin, name));
  writeFileSync(join(folder, 'inputrc'), INPUTRC);
  writeFileSync(join(folder, 'history'), table.history.map((line) => `${line}\n`).join(''));
  const screen = openScreen(table.columns, table.rows);
  let lastOutput = performance.now();
  const pty = spawn('/bin/bash', ['--norc', '--noprofile', '-i'], {
    cols: table.columns,
    rows: table.rows,
    cwd: data,
    name: 'xterm-256color',
    env: {
      PATH: bin,
      HOME: data,
      TERM: 'xterm-256color',
      PS1: '$ ',
      LC_ALL: 'C.UTF-8',
      INPUTRC: join(folder, 'inputrc'),
      HISTFILE: join(folder, 'history'),
    },
  });
  pty.onData((text) => {
    lastOutput = performance.now();
    screen.write(text);
  });
  const ended = new Promise<void>((resolve) => {
    pty.onExit(() => resolve());
  });
  const settle = async (milliseconds: number) => {
    const began = performance.now();
    do await new Promise((resolve) => setTimeout(resolve, 5));
    while (performance.now() - Math.max(began, lastOutput) < milliseconds);
  };
  await settle(AT_WORK);
  for (const key of keysOf(keys)) {
    pty.write(key);
    await settle(WORKING.includes(key) ? AT_WORK : QUIET);
  }
  await settle(500);
  const seen = await screen.look();
  pty.kill('SIGKILL');
  await ended;
  rmSync(folder, { recursive: true, force: true });
  return { ...seen, rows: seen.rows.map((row) => row.replace(/^\[(\d+)\] \d+$/, '[$1] PID')) };
}
