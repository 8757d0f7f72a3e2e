import type { Node } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { DaemonSet } from '../../api/types/workloads.ts';
import { isAvailable } from '../pod-control/pod-state.ts';
import { eligibility } from './eligibility.ts';
import type { Placement } from './placement.ts';
import { isUpdated } from './pod-template.ts';
import { type PodsOnNodes, surgeCount, unavailableCount } from './pods-on-nodes.ts';

export interface UpdateContext {
  readonly set: DaemonSet;
  readonly hash: string;
  readonly now: number;
}

/** The next step of a rolling update (rollingUpdate of pkg/controller/daemon). */
export function rollingUpdate(nodes: readonly Node[], pods: PodsOnNodes, context: UpdateContext): Placement {
  const eligible = nodes.filter((node) => eligibility(node, context.set).shouldRun);
  const wanted = eligible.length;
  const maxSurge = surgeCount(context.set, wanted);
  const unavailable = unavailableCount(context.set, wanted);
  // Of 0 and 0 nothing could move: then one may miss.
  const maxUnavailable = wanted > 0 && unavailable === 0 && maxSurge === 0 ? 1 : unavailable;
  const all = new Map(pods);
  for (const { metadata } of eligible) if (!all.has(metadata.name)) all.set(metadata.name, []);
  if (maxSurge === 0) return replaceInPlace(all, maxUnavailable, context);
  const names = new Set(eligible.map(({ metadata }) => metadata.name));
  return surge(all, names, maxSurge, context);
}

/** The Pods of a node by revision; undefined when there are too many, which placement mends first. */
function pairOf(
  here: readonly Pod[],
  { set, hash }: UpdateContext,
): { readonly newPod?: Pod; readonly oldPod?: Pod } | undefined {
  const staying = here.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const [newPod, secondNew] = staying.filter((pod) => isUpdated(pod, set, hash));
  const [oldPod, secondOld] = staying.filter((pod) => !isUpdated(pod, set, hash));
  if (secondNew || secondOld) return undefined;
  return { ...(newPod && { newPod }), ...(oldPod && { oldPod }) };
}

/** Old Pods go first; those that serve nobody at once, others as far as maxUnavailable allows. Placement makes the new ones. */
function replaceInPlace(pods: PodsOnNodes, maxUnavailable: number, context: UpdateContext): Placement {
  const { set, now } = context;
  const isServing = (pod: Pod) => isAvailable(pod, set.spec.minReadySeconds ?? 0, now);
  let missing = 0;
  const broken: string[] = [];
  const candidates: string[] = [];
  for (const here of pods.values()) {
    const pair = pairOf(here, context);
    const { newPod, oldPod } = pair ?? {};
    if (oldPod && !newPod) {
      if (isServing(oldPod)) candidates.push(oldPod.metadata.name);
      else {
        broken.push(oldPod.metadata.name);
        missing += 1;
      }
    } else if (!newPod || oldPod || !isServing(newPod)) missing += 1;
  }
  const allowed = Math.max(0, maxUnavailable - missing);
  return { create: [], delete: [...broken, ...candidates.slice(0, allowed)] };
}

/** New Pods come beside the old ones, which go when the new ones are available. */
function surge(pods: PodsOnNodes, eligible: ReadonlySet<string>, maxSurge: number, context: UpdateContext): Placement {
  const { set, now } = context;
  const isServing = (pod: Pod | undefined) => !!pod && isAvailable(pod, set.spec.minReadySeconds ?? 0, now);
  const gone: string[] = [];
  const displaced: string[] = [];
  const broken: string[] = [];
  const candidates: string[] = [];
  let surging = 0;
  let available = 0;
  for (const [node, here] of pods) {
    const pair = pairOf(here, context);
    if (!pair) {
      surging += 1;
      continue;
    }
    const { newPod, oldPod } = pair;
    if (isServing(oldPod ?? newPod)) available += 1;
    if (!oldPod) continue;
    if (newPod) {
      if (isServing(newPod)) gone.push(oldPod.metadata.name);
      else surging += 1;
    } else if (eligible.has(node)) (isServing(oldPod) ? candidates : broken).push(node);
    else (isServing(oldPod) ? displaced : gone).push(oldPod.metadata.name);
  }
  // Where the template no longer fits, an old Pod that serves stays until enough others do.
  const spare = Math.max(0, available - eligible.size);
  return {
    create: [...broken, ...candidates.slice(0, Math.max(0, maxSurge - surging))],
    delete: [...gone, ...displaced.slice(0, spare)],
  };
}
