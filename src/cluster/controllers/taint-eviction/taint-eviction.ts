import type { Timer } from '#kernel/kernel.ts';
import { isEqual } from '../../api/json.ts';
import { node as nodeKind } from '../../api/kinds/core/node.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { keyOf, splitKey } from '../../api/object.ts';
import { isReason } from '../../api/status.ts';
import type { Node, Taint } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import { type Controller, type ControllerContext, controllerQueue } from '../controller.ts';
import { generationOf, withPodCondition } from '../node-lifecycle/pod-condition.ts';
import { tolerationTime } from './tolerations.ts';

/** A Pod that is to go at its time. Both are in milliseconds since the epoch. */
interface Eviction {
  readonly since: number;
  readonly timer: Timer;
}

const NAME = 'taint-eviction-controller';
/** A deletion that fails is tried again so often, after so many milliseconds. */
const ATTEMPTS = 5;
const RETRY = 10;

/** Deletes Pods from nodes whose NoExecute taints they do not tolerate, or no longer (pkg/controller/tainteviction). */
export function startTaintEviction(context: ControllerContext): Controller {
  const { client, informers, kernel, log } = context;
  const recorder = context.recorder(NAME);
  const nodes = informers.of(nodeKind);
  const pods = informers.of(podKind);
  pods.index('spec.nodeName', ({ spec }) => (spec.nodeName ? [spec.nodeName] : []));
  const evictions = new Map<string, Eviction>();
  const nodeQueue = controllerQueue(context, 'noexec_taint_node', syncNode);
  const podQueue = controllerQueue(context, 'noexec_taint_pod', syncPod);

  nodes.handle({
    added: ({ metadata }) => nodeQueue.add(metadata.name),
    updated: (node, before) => {
      if (!isEqual(noExecuteTaints(node), noExecuteTaints(before))) nodeQueue.add(node.metadata.name);
    },
    deleted: ({ metadata }) => nodeQueue.add(metadata.name),
  });
  pods.handle({
    added: (pod) => podQueue.add(keyOf(pod)),
    updated: (pod, before) => {
      const isSame =
        pod.spec.nodeName === before.spec.nodeName && isEqual(pod.spec.tolerations, before.spec.tolerations);
      if (!isSame) podQueue.add(keyOf(pod));
    },
    deleted: (pod) => podQueue.add(keyOf(pod)),
  });
  log.info('taint_eviction.go:283', 'Starting', { logger: NAME, controller: NAME });
  log.info('taint_eviction.go:288', 'Sending events to API server', { logger: NAME });

  function syncNode(name: string): void {
    const node = nodes.get(undefined, name);
    if (!node) return;
    const taints = noExecuteTaints(node);
    for (const pod of pods.indexed('spec.nodeName', name)) process(pod, taints);
  }

  function syncPod(key: string): void {
    const pod = pods.getByKey(key);
    if (!pod) {
      cancel(key);
      return;
    }
    const node = pod.spec.nodeName && nodes.get(undefined, pod.spec.nodeName);
    const taints = node ? noExecuteTaints(node) : [];
    if (taints.length > 0) process(pod, taints);
  }

  function process(pod: Pod, taints: readonly Taint[]): void {
    const key = keyOf(pod);
    const time = tolerationTime(taints, pod.spec.tolerations);
    if (taints.length === 0 || time === Number.POSITIVE_INFINITY) {
      cancel(key);
      return;
    }
    const known = evictions.get(key);
    if (time === 0) {
      cancel(key);
      schedule(key, kernel.now, 0);
      return;
    }
    // What was begun goes on: the time runs from the first taint.
    if (known && known.since + time < kernel.now + time) return;
    if (known) cancel(key);
    schedule(key, known?.since ?? kernel.now, time);
  }

  function schedule(key: string, since: number, time: number): void {
    const wait = Math.max(0, since + time - kernel.now);
    evictions.set(key, { since, timer: kernel.after(wait, () => evict(key, 1)) });
  }

  function evict(key: string, attempt: number): void {
    const { namespace = '', name } = splitKey(key);
    if (attempt === 1) {
      log.info('taint_eviction.go:111', 'Deleting pod', { logger: NAME, controller: NAME, pod: key });
      tell(namespace, name, `Marking for deletion Pod ${key}`);
    }
    try {
      deletePod(namespace, name);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const timer = attempt < ATTEMPTS ? kernel.after(RETRY, () => evict(key, attempt + 1)) : undefined;
      if (timer) evictions.set(key, { since: kernel.now, timer });
    }
  }

  function deletePod(namespace: string, name: string): void {
    const pod = client.find(podKind, namespace, name);
    if (!pod) return;
    const conditions = withPodCondition(
      pod.status.conditions,
      {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'DeletionByTaintManager',
        message: 'Taint manager: deleting due to NoExecute taint',
        ...generationOf(pod),
        lastProbeTime: null,
      },
      kernel.now,
    );
    if (conditions !== pod.status.conditions) {
      client.patch(podKind, pod, { metadata: { uid: pod.metadata.uid }, status: { conditions } }, 'merge', 'status');
    }
    try {
      client.delete(podKind, pod);
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error;
    }
  }

  function cancel(key: string): void {
    const known = evictions.get(key);
    if (!known) return;
    evictions.delete(key);
    if (!known.timer.isPending) return;
    known.timer.cancel();
    const { namespace = '', name } = splitKey(key);
    tell(namespace, name, `Cancelling deletion of Pod ${key}`);
  }

  function tell(namespace: string, name: string, message: string): void {
    recorder.record({ apiVersion: 'v1', kind: 'Pod', namespace, name }, 'Normal', 'TaintManagerEviction', message);
  }

  return {
    name: 'taint-eviction',
    stop: () => {
      nodeQueue.stop();
      podQueue.stop();
      for (const { timer } of evictions.values()) timer.cancel();
      evictions.clear();
    },
  };
}

function noExecuteTaints({ spec }: Node): readonly Taint[] {
  return (spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
}
