import { Quantity } from '../api/quantity.ts';
import type { Container, Pod, ResourceList } from '../api/types/pod.ts';

/** Amounts as the scheduler adds them up: CPU in millicores, everything else in ones. */
export interface Resources {
  readonly cpu: number;
  readonly memory: number;
  readonly 'ephemeral-storage': number;
  /** Resources of other names, as `hugepages-2Mi`. */
  readonly [name: string]: number;
}

type Amounts = Record<string, number>;

/** What a container without a request counts for when nodes are scored (pkg/scheduler/util). */
const DEFAULT_CPU = 100;
const DEFAULT_MEMORY = 200 * 1024 * 1024;

/** What a Pod asks for: its containers together, or its greediest init container (component-helpers, resource.PodRequests). */
export function podRequests(pod: Pod): Resources {
  return requests(pod, (list) => amounts(list));
}

/** The same, with a usual amount for containers that ask for no CPU or no memory. */
export function nonZeroRequests(pod: Pod): Resources {
  return requests(pod, (list) => {
    const own = amounts(list);
    own['cpu'] ??= DEFAULT_CPU;
    own['memory'] ??= DEFAULT_MEMORY;
    return own;
  });
}

export function amounts(list: ResourceList | undefined): Amounts {
  const result: Amounts = {};
  for (const name in list) {
    const quantity = Quantity.parse(list[name] ?? '0');
    result[name] = name === 'cpu' ? quantity.milli : quantity.value;
  }
  return result;
}

function requests({ spec }: Pod, of: (list: ResourceList | undefined) => Amounts): Resources {
  const total: Amounts = {};
  for (const { resources } of spec.containers) add(total, of(resources?.requests));
  const sidecars: Amounts = {};
  let greediest: Amounts = {};
  for (const container of spec.initContainers ?? []) {
    const own = of(container.resources?.requests);
    if (isSidecar(container)) {
      add(sidecars, own);
      add(total, own);
      greediest = maximum(greediest, sidecars);
    } else {
      // It runs beside the sidecars that were started before it.
      const together = { ...sidecars };
      add(together, own);
      greediest = maximum(greediest, together);
    }
  }
  const result = maximum(total, greediest);
  add(result, amounts(spec.overhead));
  return {
    ...result,
    cpu: result['cpu'] ?? 0,
    memory: result['memory'] ?? 0,
    'ephemeral-storage': result['ephemeral-storage'] ?? 0,
  };
}

function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}

function add(total: Amounts, more: Amounts): void {
  for (const name in more) total[name] = (total[name] ?? 0) + (more[name] ?? 0);
}

function maximum(one: Amounts, other: Amounts): Amounts {
  const result = { ...one };
  for (const name in other) result[name] = Math.max(result[name] ?? 0, other[name] ?? 0);
  return result;
}
