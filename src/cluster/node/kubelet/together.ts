import { Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';

/** Runs routines at the same time, until the last has ended. @throws what the first of them throws, and the others are ended */
export function* all(kernel: Kernel, routines: readonly Routine<void>[]): Routine<void> {
  if (routines.length === 0) return;
  let left = routines.length;
  yield* run(kernel, routines, () => {
    left -= 1;
    return left === 0;
  });
}

/** Runs routines at the same time, until the first has ended; the others are ended. @throws as `all` */
export function* race(kernel: Kernel, routines: readonly Routine<void>[]): Routine<void> {
  yield* run(kernel, routines, () => true);
}

function* run(kernel: Kernel, routines: readonly Routine<void>[], isOver: () => boolean): Routine<void> {
  yield* wait<void>((resume, fail) => {
    const end = () => {
      for (const part of running) part.cancel();
    };
    const running: Coroutine<void>[] = routines.map(
      (routine) =>
        new Coroutine(
          kernel,
          routine,
          () => {
            if (!isOver()) return;
            end();
            resume();
          },
          (error) => {
            end();
            fail(error instanceof Error ? error : new Error(String(error)));
          },
        ),
    );
    return end;
  });
}
