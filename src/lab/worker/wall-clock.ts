import type { WallClock } from '#kernel/pacer.ts';

/**
 * A worker's clock and timers. What is to go on at once goes through a message: timers of a browser wait for 4 ms when they follow one
 * another.
 */
export function wallClock(): WallClock {
  const channel = new MessageChannel();
  const ready = new Map<number, () => void>();
  let last = 0;
  channel.port1.onmessage = (event: MessageEvent<number>) => {
    const task = ready.get(event.data);
    ready.delete(event.data);
    task?.();
  };
  return {
    now: () => performance.now(),
    wait(milliseconds, task) {
      if (milliseconds > 0) {
        const timer = setTimeout(task, milliseconds);
        return { cancel: () => clearTimeout(timer) };
      }
      last += 1;
      const number = last;
      ready.set(number, task);
      channel.port2.postMessage(number);
      return { cancel: () => void ready.delete(number) };
    },
  };
}
