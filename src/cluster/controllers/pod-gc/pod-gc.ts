import { node as nodeKind } from '../../api/kinds/core/node.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { Condition } from '../../api/object.ts';
import { isReason } from '../../api/status.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { generationOf, withPodCondition } from '../node-lifecycle/pod-condition.ts';
import { readyCondition } from '../node-lifecycle/taints.ts';
import { whenSynced } from '../node-lifecycle/when-synced.ts';
import { messageOf } from '../pod-control/errors.ts';

export interface PodGcOptions {
  /** `--terminated-pod-gc-threshold`; 0: none are deleted. */
  readonly terminatedPodThreshold?: number;
}

/** In milliseconds: between looks, and how long a node must have been gone. */
const PERIOD = 20_000;
const QUARANTINE = 40_000;
const BY_STATE = 'pod-gc';
const NAME = 'pod-garbage-collector-controller';
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/** Deletes Pods that nobody else will: of nodes that are gone, and finished ones when there are too many (pkg/controller/podgc). */
export function startPodGc(
  context: ControllerContext,
  { terminatedPodThreshold = 12_500 }: PodGcOptions = {},
): Controller {
  const { client, informers, kernel, log } = context;
  const nodes = informers.of(nodeKind);
  const pods = informers.of(podKind);
  // Instead of a look at all Pods each time.
  pods.index(BY_STATE, statesOf);
  pods.index('spec.nodeName', ({ spec }) => (spec.nodeName ? [spec.nodeName] : []));
  /** Names of nodes that have Pods and were not there, and since when. */
  const missing = new Map<string, number>();
  const nodesOfPods = new Set<string>();
  pods.handle({
    added: ({ spec }) => noteNode(spec.nodeName),
    updated: ({ spec }) => noteNode(spec.nodeName),
  });
  log.info('gc_controller.go:98', 'Starting GC controller', { logger: NAME });
  let timer = whenSynced(kernel, informers, run);

  function noteNode(name: string | undefined): void {
    if (name) nodesOfPods.add(name);
  }

  function run(): void {
    timer = kernel.after(PERIOD, run);
    if (terminatedPodThreshold > 0) collectTerminated();
    collectOutOfService();
    collectOrphaned();
    for (const pod of pods.indexed(BY_STATE, 'unscheduled-terminating')) remove(pod);
  }

  function collectTerminated(): void {
    const terminated = [...pods.indexed(BY_STATE, 'terminated')];
    const tooMany = terminated.length - terminatedPodThreshold;
    if (tooMany <= 0) return;
    log.info('gc_controller.go:209', 'Garbage collecting pods', { logger: NAME, numPods: tooMany });
    for (const pod of terminated.sort(byEvictionAndAge).slice(0, tooMany)) remove(pod);
  }

  function collectOutOfService(): void {
    for (const pod of pods.indexed(BY_STATE, 'terminating')) {
      const node = nodes.get(undefined, pod.spec.nodeName ?? '');
      const isOut = node?.spec.taints?.some(({ key }) => key === OUT_OF_SERVICE);
      if (node && isOut && readyCondition(node)?.status !== 'True') remove(pod);
    }
  }

  function collectOrphaned(): void {
    for (const name of nodesOfPods) {
      const own = pods.indexed('spec.nodeName', name);
      if (own.length === 0) nodesOfPods.delete(name);
      if (own.length === 0 || nodes.get(undefined, name)) {
        missing.delete(name);
        continue;
      }
      const since = missing.get(name) ?? kernel.now;
      missing.set(name, since);
      if (kernel.now - since < QUARANTINE || mayExist(name)) continue;
      missing.delete(name);
      for (const pod of own) removeOrphan(pod);
    }
  }

  /** The cache may be older than the node. */
  function mayExist(node: string): boolean {
    try {
      return client.find(nodeKind, undefined, node) !== undefined;
    } catch (error) {
      log.error('gc_controller.go:283', 'Error while getting node', { err: messageOf(error), logger: NAME, node });
      return true;
    }
  }

  function removeOrphan(pod: Pod): void {
    remove(pod, {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByPodGC',
      message: 'PodGC: node no longer exists',
      ...generationOf(pod),
      lastProbeTime: null,
    });
  }

  /** A Pod that has not ended has failed. */
  function remove(pod: Pod, condition?: Condition): void {
    const { namespace, name, uid } = pod.metadata;
    log.info('gc_controller.go:348', 'PodGC is force deleting Pod', { logger: NAME, pod: `${namespace}/${name}` });
    try {
      if (pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed') {
        const conditions = condition && withPodCondition(pod.status.conditions, condition, kernel.now);
        const status = { phase: 'Failed', ...generationOf(pod), ...(conditions && { conditions }) };
        client.patch(podKind, pod, { metadata: { uid }, status }, 'merge', 'status');
      }
      client.delete(podKind, pod, { gracePeriodSeconds: 0 });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (isReason(error, 'NotFound')) return;
      log.error('gc_controller.go:219', 'Failed to delete terminated pod', {
        err: error.message,
        pod: `${namespace}/${name}`,
      });
    }
  }

  return { name: 'pod-garbage-collector', stop: () => timer.cancel() };
}

function statesOf({ metadata, spec, status: { phase } }: Pod): readonly string[] {
  const states: string[] = [];
  if (phase === 'Succeeded' || phase === 'Failed') states.push('terminated');
  if (metadata.deletionTimestamp !== undefined) states.push(spec.nodeName ? 'terminating' : 'unscheduled-terminating');
  return states;
}

/** Evicted ones first, then the oldest. */
function byEvictionAndAge(a: Pod, b: Pod): number {
  const [first, second] = [a, b].map(({ metadata, status }) => ({
    isEvicted: status.phase === 'Failed' && status.reason === 'Evicted',
    age: `${metadata.creationTimestamp}\n${metadata.name}`,
  }));
  if (!first || !second) return 0;
  if (first.isEvicted !== second.isEvicted) return first.isEvicted ? -1 : 1;
  return first.age < second.age ? -1 : first.age > second.age ? 1 : 0;
}
