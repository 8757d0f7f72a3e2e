import type { ApiClient } from './api-client.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
}
interface Node {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly taints?: readonly { readonly key: string }[] };
  readonly status: { readonly conditions?: readonly Condition[] };
}
interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly deletionTimestamp?: string };
  readonly status: { readonly phase: string; readonly conditions?: readonly Condition[] };
}

const SYSTEM = /^(?:kube-.*|local-path-storage|calico-.*|tigera-operator)$/;
const POLL = 300;
/** Taints that the controller manager takes away a little after the node turned Ready. */
const TRANSIENT =
  /^node\.(?:cloudprovider\.)?kubernetes\.io\/(?:not-ready|unreachable|network-unavailable|uninitialized)$/;

/** Waits until every node and every Pod of the system's namespaces is Ready. Returns what is not when the time is over. */
export async function waitUntilReady(api: ApiClient, milliseconds: number): Promise<string[]> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const unready = await whatIsNotReady(api);
    if (unready.length === 0 || performance.now() > deadline) return unready;
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}

async function whatIsNotReady(api: ApiClient): Promise<string[]> {
  try {
    const [nodes, pods] = await Promise.all([
      api.list<Node>('/api/v1/nodes', 'whole'),
      api.list<Pod>('/api/v1/pods', 'whole'),
    ]);
    const system = pods.filter(({ metadata }) => SYSTEM.test(metadata.namespace));
    if (system.length === 0) return ['the system Pods are not there yet'];
    return [
      ...nodes
        .filter(({ status }) => !isReady(status.conditions))
        .map(({ metadata }) => `node ${metadata.name} is not Ready`),
      ...nodes.flatMap(({ metadata, spec }) =>
        (spec.taints ?? [])
          .filter(({ key }) => TRANSIENT.test(key))
          .map(({ key }) => `node ${metadata.name} still has the taint ${key}`),
      ),
      ...system
        .filter(
          ({ metadata, status }) =>
            metadata.deletionTimestamp !== undefined || (status.phase !== 'Succeeded' && !isReady(status.conditions)),
        )
        .map(({ metadata, status }) => `Pod ${metadata.namespace}/${metadata.name} is ${status.phase}, not Ready`),
    ];
  } catch (error) {
    // While an API server comes back it refuses, resets or forbids: not ready.
    return [`the API server does not answer: ${error instanceof Error ? error.message : error}`];
  }
}

function isReady(conditions: readonly Condition[] | undefined): boolean {
  return conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}
