import { expect, test } from 'vitest';
import { Cancelled, Coroutine, type Routine, sleep, wait } from './coroutine.ts';
import { Kernel } from './kernel.ts';

function start<R>(make: (kernel: Kernel) => Routine<R>) {
  const kernel = new Kernel({ start: 0, seed: 1 });
  const seen: unknown[] = [];
  const coroutine = new Coroutine(
    kernel,
    make(kernel),
    (result) => seen.push(['end', result]),
    (error) => seen.push(['error', (error as Error).message]),
  );
  return { kernel, seen, coroutine };
}

test('a routine goes on when what it waits for has come', () => {
  const { kernel, seen } = start(function* (kernel) {
    yield* sleep(kernel, 1_000);
    const value = yield* wait<number>((resume) => {
      kernel.after(500, () => resume(7));
      return undefined;
    });
    return value + 1;
  });
  kernel.runFor(1_499);
  expect(seen).toEqual([]);
  kernel.runFor(1);
  expect(seen).toEqual([['end', 8]]);
});

test('an error reaches the routine where it waits, and who started it when nobody catches it', () => {
  const { kernel, seen } = start(function* () {
    try {
      yield* wait<void>((_, fail) => {
        fail(new Error('first'));
        return undefined;
      });
    } catch (error) {
      throw new Error(`${(error as Error).message}, then second`);
    }
    return 0;
  });
  kernel.runFor(0);
  expect(seen).toEqual([['error', 'first, then second']]);
});

test('a cancelled routine stops waiting, runs its finally blocks and tells nobody', () => {
  let stopped = false;
  let cleaned = false;
  const { kernel, seen, coroutine } = start(function* () {
    try {
      yield* wait<void>(() => () => {
        stopped = true;
      });
    } catch (error) {
      if (!(error instanceof Cancelled)) return 1;
      throw error;
    } finally {
      cleaned = true;
    }
    return 0;
  });
  kernel.runFor(0);
  coroutine.cancel();
  coroutine.cancel();
  kernel.runFor(10);
  expect([stopped, cleaned, coroutine.isDone, seen]).toEqual([true, true, true, []]);
});

test('what comes twice counts once', () => {
  const { kernel, seen } = start(function* () {
    const first = yield* wait<string>((resume) => {
      resume('a');
      resume('b');
      return undefined;
    });
    return first;
  });
  kernel.runFor(0);
  expect(seen).toEqual([['end', 'a']]);
});

test('what is cancelled by what it does itself ends where it waits next', () => {
  const held: { coroutine?: Coroutine<void> } = {};
  const done: string[] = [];
  const { kernel, seen, coroutine } = start(function* (kernel) {
    try {
      yield* sleep(kernel, 10);
      held.coroutine?.cancel();
      done.push('goes on until it waits');
      yield* sleep(kernel, 10);
      done.push('too late');
    } finally {
      done.push('cleaned up');
    }
  });
  held.coroutine = coroutine;
  kernel.runFor(100);
  expect(done).toEqual(['goes on until it waits', 'cleaned up']);
  expect(seen).toEqual([]);
  expect(coroutine.isDone).toBe(true);
});

test('what cannot even begin fails where it is waited for', () => {
  const { kernel, seen } = start(function* () {
    try {
      return yield* wait<string>(() => {
        throw new Error('no');
      });
    } catch (error) {
      return (error as Error).message;
    }
  });
  kernel.runFor(0);
  expect(seen).toEqual([['end', 'no']]);
});
