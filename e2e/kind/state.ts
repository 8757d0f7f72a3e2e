import type { ApiClient } from './api-client.ts';
import type { Cluster } from './cluster.ts';
import { forgetEvents } from './events.ts';
import { waitUntilReady } from './readiness.ts';
import { takeSnapshot } from './snapshot.ts';

/** What a cluster says of its state, through its API. */
export function stateOf(api: ApiClient): Pick<Cluster, 'settle' | 'snapshot' | 'forgetEvents'> {
  return {
    settle: (milliseconds) => waitUntilReady(api, milliseconds),
    snapshot: () => takeSnapshot(api),
    forgetEvents: () => forgetEvents(api),
  };
}
