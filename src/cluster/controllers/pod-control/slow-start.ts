import { aggregate } from './errors.ts';

export interface SlowStart {
  readonly successes: number;
  /** What the batch that failed threw. */
  readonly error: unknown;
}

/**
 * Calls `act` in batches of 1, 2, 4, …: when all calls are going to fail, as by a quota, few are made. After a batch with a failure no
 * further one begins (pkg/controller/replicaset.slowStartBatch).
 */
export function slowStart(count: number, act: (index: number) => void, longestBatch = count): SlowStart {
  let successes = 0;
  let index = 0;
  for (let size = Math.min(1, count); size > 0; size = Math.min(2 * size, count - index, longestBatch)) {
    const errors: unknown[] = [];
    for (const end = index + size; index < end; index += 1) {
      try {
        act(index);
        successes += 1;
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) return { successes, error: aggregate(errors) };
  }
  return { successes, error: undefined };
}
