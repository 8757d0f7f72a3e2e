import { expect, test } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import type { ControllerContext } from '../controller.ts';
import { PacedQueue } from './paced-queue.ts';

function start() {
  const kernel = new Kernel({ start: 0, seed: 1 });
  const syncs: string[] = [];
  const context = { kernel, informers: { haveSynced: true } } as unknown as ControllerContext;
  const queue = new PacedQueue(context, 'test', (key) => syncs.push(`${key} ${kernel.now}`));
  return { kernel, queue, syncs };
}

test('acts on the first event at once, and on those that follow together', () => {
  const { kernel, queue, syncs } = start();
  queue.add('a');
  kernel.runFor(5);
  for (let event = 0; event < 10; event += 1) {
    queue.add('a');
    kernel.runFor(1);
  }
  queue.add('b');
  kernel.runFor(100);
  expect(syncs).toEqual(['a 0', 'b 15', 'a 20']);
  queue.add('a');
  kernel.runFor(1);
  expect(syncs.at(-1)).toBe('a 115');
});

test('forgets a key, and stops', () => {
  const { kernel, queue, syncs } = start();
  queue.add('a');
  kernel.runFor(1);
  queue.forget('a');
  queue.add('a');
  kernel.runFor(1);
  expect(syncs).toEqual(['a 0', 'a 1']);
  queue.add('a');
  queue.stop();
  kernel.runFor(100);
  expect(syncs).toHaveLength(2);
});
