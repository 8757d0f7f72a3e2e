import { Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import type { Descriptor } from './descriptors.ts';

/**
 * Reads, unless something else comes first.
 *
 * @param onWake is given what to call then; returns how to stop listening
 * @returns undefined when it was woken; nothing was read then
 */
export function readOrWake(
  kernel: Kernel,
  input: Descriptor,
  onWake: (wake: () => void) => () => void,
): Routine<{ readonly text: string | undefined } | undefined> {
  return wait((resume, fail) => {
    const reading = new Coroutine(
      kernel,
      input.read(),
      (text) => {
        stopListening();
        resume({ text });
      },
      (error) => fail(error instanceof Error ? error : new Error(String(error))),
    );
    const stopListening = onWake(() => {
      // What was read already is not lost.
      if (reading.isDone) return;
      reading.cancel();
      resume(undefined);
    });
    return () => {
      stopListening();
      reading.cancel();
    };
  });
}
