import { Coroutine, type Routine, sleep, wait } from '#kernel/coroutine.ts';
import { pathOf, type Resource } from '../connection/discovery.ts';
import { readerOf, type Session } from '../connection/session.ts';
import type { AnyObject } from './object.ts';

/** What is seen of an object while it is watched: as it is, or gone. */
export interface Seen {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: AnyObject;
}

/** It did not happen in time. */
export class WaitTimeout extends Error {
  override readonly name = 'WaitTimeout';

  constructor() {
    super('timed out waiting for the condition');
  }
}

/**
 * Watches one object until something holds; it is looked at as it is first.
 *
 * @param milliseconds until it is given up
 * @throws WaitTimeout
 */
export function* watchUntil(
  session: Session,
  {
    resource,
    namespace,
    name,
  }: { readonly resource: Resource; readonly namespace: string | undefined; readonly name: string },
  holds: (seen: Seen | undefined) => boolean,
  milliseconds: number,
): Routine<AnyObject | undefined> {
  const { kernel } = session.process;
  const end = kernel.now + milliseconds;
  const query = { fieldSelector: `metadata.name=${name}` };
  const path = pathOf(resource, namespace);
  for (;;) {
    const list = yield* session.json<{
      readonly items: readonly AnyObject[];
      readonly metadata?: { readonly resourceVersion?: string };
    }>({ path, query });
    const [object] = list.items;
    const first: Seen | undefined = object && { type: 'ADDED', object };
    if (holds(first)) return object;
    const left = end - kernel.now;
    if (left <= 0) throw new WaitTimeout();
    const source = yield* session.stream({
      path,
      query: { ...query, watch: 'true', resourceVersion: list.metadata?.resourceVersion ?? '0' },
    });
    const next = readerOf(source);
    try {
      const found = yield* within(kernel, left, function* () {
        for (;;) {
          const event = (yield* next()) as Seen | undefined;
          if (event === undefined) return 'over' as const;
          if (holds(event)) return event;
        }
      });
      if (found !== 'over') return found.object;
      // A watch that was ended is begun anew, not at once.
      yield* sleep(kernel, 1_000);
    } finally {
      source.close();
    }
  }
}

/** @throws WaitTimeout */
function within<T>(kernel: Session['process']['kernel'], milliseconds: number, body: () => Routine<T>): Routine<T> {
  return wait<T>((resume, fail) => {
    const timer = kernel.after(milliseconds, () => {
      running.cancel();
      fail(new WaitTimeout());
    });
    const running = new Coroutine(
      kernel,
      body(),
      (value) => {
        timer.cancel();
        resume(value);
      },
      (error) => {
        timer.cancel();
        fail(error instanceof Error ? error : new Error(String(error)));
      },
    );
    return () => {
      timer.cancel();
      running.cancel();
    };
  });
}
