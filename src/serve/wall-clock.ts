import type { WallClock } from '#kernel/pacer.ts';

/** Node's clock and timers. */
export const wallClock: WallClock = {
  now: () => performance.now(),
  wait: (milliseconds, task) => {
    if (milliseconds <= 0) {
      const immediate = setImmediate(task);
      return { cancel: () => clearImmediate(immediate) };
    }
    const timer = setTimeout(task, milliseconds);
    return { cancel: () => clearTimeout(timer) };
  },
};
