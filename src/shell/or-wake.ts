import { Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';

/**
 * Waits for a routine, unless something else comes first: then it is cancelled.
 *
 * @param onWake is given what to call then; returns how to stop listening
 * @returns undefined when it was woken
 */
export function orWake<T>(
  kernel: Kernel,
  routine: Routine<T>,
  onWake: (wake: () => void) => () => void,
): Routine<{ readonly value: T } | undefined> {
  return wait((resume, fail) => {
    const running = new Coroutine(
      kernel,
      routine,
      (value) => {
        stopListening();
        resume({ value });
      },
      (error) => fail(error instanceof Error ? error : new Error(String(error))),
    );
    const stopListening = onWake(() => {
      // What has come already is not lost.
      if (running.isDone) return;
      running.cancel();
      resume(undefined);
    });
    return () => {
      stopListening();
      running.cancel();
    };
  });
}
