import { Quantity } from '../../../api/quantity.ts';
import type { Pod, ResourceList } from '../../../api/types/pod.ts';
import { isSidecar } from '../runtime/runtime-pod.ts';

type Amounts = Map<string, Quantity>;

/**
 * What a Pod asks for in all (component-helpers, resource.PodRequests and PodLimits): its containers and sidecars together, or its greediest
 * init container beside the sidecars that run before it.
 */
export function podResources({ spec }: Pod, which: 'requests' | 'limits'): ResourceList {
  const known = which === 'requests' ? requests : limits;
  const before = known.get(spec);
  if (before) return before;
  const resources = sumOf(spec, which);
  known.set(spec, resources);
  return resources;
}

/** Specs do not change, and are asked for again and again. */
const requests = new WeakMap<Pod['spec'], ResourceList>();
const limits = new WeakMap<Pod['spec'], ResourceList>();

function sumOf(spec: Pod['spec'], which: 'requests' | 'limits'): ResourceList {
  const total: Amounts = new Map();
  for (const { resources } of spec.containers) add(total, resources?.[which]);
  const sidecars: Amounts = new Map();
  const greediest: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const own = container.resources?.[which];
    const together = new Map(sidecars);
    add(together, own);
    if (isSidecar(container)) {
      add(sidecars, own);
      add(total, own);
    }
    raise(greediest, together);
  }
  raise(total, greediest);
  if (which === 'requests') add(total, spec.overhead);
  return Object.fromEntries([...total].map(([name, amount]) => [name, amount.toString()]));
}

function add(total: Amounts, list: ResourceList | undefined): void {
  for (const [name, amount] of Object.entries(list ?? {})) {
    const known = total.get(name);
    const more = Quantity.parse(amount);
    total.set(name, known ? known.plus(more) : more);
  }
}

function raise(total: Amounts, others: Amounts): void {
  for (const [name, amount] of others) {
    const known = total.get(name);
    if (!known || known.compare(amount) < 0) total.set(name, amount);
  }
}
