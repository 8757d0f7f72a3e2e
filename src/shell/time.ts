import type { Routine } from '#kernel/coroutine.ts';
import type { Shell } from './shell.ts';

/** `time` before a pipeline. What a process computes takes no time here: user and system time are none. */
export function* timed(shell: Shell, isPosix: boolean, body: () => Routine<number>): Routine<number> {
  const { kernel } = shell.process;
  const start = kernel.now;
  const status = yield* body();
  const seconds = (kernel.now - start) / 1000;
  if (isPosix) shell.error(`real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`);
  else {
    const real = `${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(3)}s`;
    shell.error(
      shell.flavor === 'bash'
        ? `\nreal\t${real}\nuser\t0m0.000s\nsys\t0m0.000s\n`
        : `real\t${Math.floor(seconds / 60)}m ${(seconds % 60).toFixed(2)}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`,
    );
  }
  return status;
}
