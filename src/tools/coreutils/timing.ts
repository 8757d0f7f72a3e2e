import { type ChildProcess, SIGNALS } from '#machine/program.ts';
import { refuse, start } from './run-command.ts';
import { signalOf } from './signal-name.ts';
import { readSeconds } from './simple.ts';
import type { Tool } from './tool.ts';
import { refuseUsage } from './words.ts';

const TIMED_OUT = 124;

export const timeout: Tool = {
  options: {
    flags: 'vf',
    values: 'sk',
    long: { 'signal=': 's', 'kill-after=': 'k', 'preserve-status': 'preserve', foreground: 'f' },
    stopsAtOperand: true,
  },
  *run(invocation) {
    const { operands, process, value, has } = invocation;
    const [time, ...command] = operands;
    if (time === undefined || command.length === 0) return refuseUsage(invocation) && 125;
    const seconds = readSeconds(time);
    const killAfter = readSeconds(value('k') ?? '0');
    if (seconds === undefined) return refuseUsage(invocation, `invalid time interval '${time}'`) && 125;
    const signal = signalOf(value('s') ?? 'TERM');
    if (!signal) return refuseUsage(invocation, `${value('s')}: invalid signal`) && 125;
    let child: ChildProcess;
    try {
      child = start(process, command);
    } catch (error) {
      return refuse(invocation, command[0] ?? '', error);
    }
    for (const passed of ['TERM', 'INT', 'HUP', 'QUIT'] as const) process.onSignal(passed, () => child.kill(passed));
    const { kernel } = process;
    let isLate = false;
    const timers =
      seconds > 0
        ? [
            kernel.after(seconds * 1000, () => {
              isLate = true;
              child.kill(signal);
              if (killAfter) timers.push(kernel.after(killAfter * 1000, () => child.kill('KILL')));
            }),
          ]
        : [];
    process.onExit(() => {
      for (const timer of timers) timer.cancel();
    });
    const status = yield* child.wait();
    if (!isLate || has('preserve')) return status;
    // busybox' is the command's own process, and GNU's kills itself as well by KILL.
    const end = child.endedBy === 'KILL' ? 'KILL' : signal;
    if (end !== 'KILL' && invocation.dialect === 'gnu') return TIMED_OUT;
    process.onSignal(end, undefined);
    process.processes.kill(process.pid, end);
    return 128 + SIGNALS[end];
  },
};

/** time, as a program: shells have it as a word of theirs. */
export const time: Tool = {
  options: { flags: 'p', stopsAtOperand: true },
  *run(invocation) {
    const { process, operands } = invocation;
    if (operands.length === 0) return refuseUsage(invocation, 'missing operand');
    const { kernel, streams } = process;
    const before = kernel.now;
    let child: ChildProcess;
    try {
      child = start(process, operands);
    } catch (error) {
      return refuse(invocation, operands[0] ?? '', error);
    }
    const status = yield* child.wait();
    const seconds = (kernel.now - before) / 1000;
    streams.error(
      invocation.has('p')
        ? `real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`
        : `real\t${Math.floor(seconds / 60)}m ${(seconds % 60).toFixed(2)}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`,
    );
    return status;
  },
};

/** nohup: the terminal's end is nothing to it. */
export const nohup: Tool = {
  options: { stopsAtOperand: true },
  *run(invocation) {
    const { process, operands } = invocation;
    if (operands.length === 0) return refuseUsage(invocation, 'missing operand') && 125;
    let child: ChildProcess;
    try {
      child = start(process, operands);
    } catch (error) {
      return refuse(invocation, operands[0] ?? '', error);
    }
    process.onSignal('HUP', () => undefined);
    return yield* child.wait();
  },
};
