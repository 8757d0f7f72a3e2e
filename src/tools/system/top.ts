import { timestamp } from '#kernel/calendar.ts';
import type { Routine } from '#kernel/coroutine.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { userName } from '#machine/users.ts';
import { keysOf } from '../screen/keys.ts';
import { REVERSE, Screen } from '../screen/screen.ts';
import { upText } from './uptime.ts';

const REFRESH = 3_000;

/** top: the processes, again and again. What they use of processors and memory is not simulated, and left out. */
export const top: Program = function* top(process: ProcessContext): Routine<number> {
  const { streams, argv, kernel } = process;
  const words = argv.slice(1);
  const isBatch = words.includes('-b');
  const odd = words.find((word, index) => word !== '-b' && word !== '-n' && words[index - 1] !== '-n');
  if (odd !== undefined) {
    streams.error(`top: ${odd} is not simulated here\n`);
    return 1;
  }
  const terminal = streams.controllingTerminal;
  if (isBatch || !terminal || !streams.terminal.out) {
    if (!isBatch) {
      streams.error('top: failed tty get\n');
      return 1;
    }
    streams.out(`${rowsOf(process).join('\n')}\n`);
    yield* streams.drain();
    return 0;
  }
  const screen = new Screen(terminal);
  process.onExit(() => screen.close());
  const show = () => {
    const rows = rowsOf(process)
      .slice(0, screen.rows)
      .map((row) => row.slice(0, screen.columns));
    const heading = 3;
    const shown = rows.map((row, index) => (index === heading ? `${REVERSE}${row.padEnd(screen.columns)}` : row));
    while (shown.length < screen.rows) shown.push('');
    screen.paint(shown, { row: 2, column: 0 });
  };
  process.onSignal('WINCH', show);
  const timer = kernel.every(REFRESH, show);
  process.onExit(() => timer.cancel());
  for (;;) {
    show();
    const text = yield* terminal.read();
    if (text === undefined || keysOf(text).some((key) => key === 'q' || key === '<Ctrl+C>')) return 0;
  }
};

function rowsOf({ processes, files, kernel }: ProcessContext): readonly string[] {
  const rows = processes.rows();
  return [
    `top - ${timestamp(kernel.now).slice(11, 19)} up ${upText(files)}`,
    `Tasks: ${String(rows.length).padStart(3)} total`,
    'The use of processors and memory is not simulated here.',
    '    PID USER      COMMAND',
    ...rows.map(
      ({ pid, uid, argv }) =>
        `${String(pid).padStart(7)} ${userName(files, uid).padEnd(9)} ${(argv[0]?.split('/').at(-1) ?? '').slice(0, 15)}`,
    ),
  ];
}
