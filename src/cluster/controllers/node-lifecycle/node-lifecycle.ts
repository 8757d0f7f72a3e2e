import { node as nodeKind } from '../../api/kinds/core/node.ts';
import { lease as leaseKind } from '../../api/kinds/other/lease.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { keyOf } from '../../api/object.ts';
import type { Node } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import { type Controller, type ControllerContext, controllerQueue } from '../controller.ts';
import { NodeMonitor } from './node-monitor.ts';
import type { NodeLifecycleOptions } from './options.ts';
import { markPodsNotReady } from './pods-not-ready.ts';
import { noScheduleChange, readyCondition, swapTaints } from './taints.ts';
import { whenSynced } from './when-synced.ts';

const NAME = 'node-lifecycle-controller';

/** Older labels that follow newer ones, for those who still ask for them. */
const LABELS = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
] as const;

/** Says which nodes are well, and keeps Pods away from those that are not (pkg/controller/nodelifecycle). */
export function startNodeLifecycle(context: ControllerContext, options: NodeLifecycleOptions = {}): Controller {
  const { client, informers, kernel, log } = context;
  const recorder = context.recorder('node-controller');
  const nodes = informers.of(nodeKind);
  const pods = informers.of(podKind);
  pods.index('spec.nodeName', ({ spec }) => (spec.nodeName ? [spec.nodeName] : []));
  informers.of(leaseKind);
  const nodeQueue = controllerQueue(context, 'node_lifecycle_controller', syncNode);
  const podQueue = controllerQueue(context, 'node_lifecycle_controller_pods', syncPod);
  const monitor = new NodeMonitor(context, recorder, options);
  nodes.handle({
    added: ({ metadata }) => nodeQueue.add(metadata.name),
    updated: ({ metadata }) => nodeQueue.add(metadata.name),
    deleted: ({ metadata }) => monitor.forget(metadata.name),
  });
  const enqueue = (pod: Pod, before?: Pod) => {
    if (pod.spec.nodeName && pod.spec.nodeName !== before?.spec.nodeName) podQueue.add(keyOf(pod));
  };
  pods.handle({ added: (pod) => enqueue(pod), updated: enqueue });
  log.info('node_lifecycle_controller.go:402', 'Controller will reconcile labels', { logger: NAME });
  log.info('node_lifecycle_controller.go:436', 'Sending events to api server', { logger: NAME });
  log.info('node_lifecycle_controller.go:443', 'Starting node controller', { logger: NAME });
  const start = whenSynced(kernel, informers, () => monitor.start());

  function syncNode(name: string): void {
    const node = nodes.get(undefined, name);
    if (!node) return;
    const { add, remove } = noScheduleChange(node);
    if (add.length > 0 || remove.length > 0) swapTaints(kernel, client, name, add, remove);
    reconcileLabels(node);
  }

  function reconcileLabels(node: Node): void {
    const { labels = {} } = node.metadata;
    const wrong = LABELS.filter(([label, older]) => labels[label] !== undefined && labels[older] !== labels[label]);
    if (wrong.length === 0) return;
    const wanted = Object.fromEntries(wrong.map(([label, older]) => [older, labels[label]]));
    client.patch(nodeKind, node, { metadata: { labels: wanted } });
  }

  /** A Pod that was bound to a node that is not ready any longer. */
  function syncPod(key: string): void {
    const pod = pods.getByKey(key);
    const node = pod && nodes.get(undefined, pod.spec.nodeName ?? '');
    const ready = node && monitor.knows(node.metadata.name) ? readyCondition(node) : undefined;
    if (pod && ready && ready.status !== 'True') markPodsNotReady(kernel, client, recorder, [pod]);
  }

  return {
    name: 'node-lifecycle',
    stop: () => {
      start.cancel();
      monitor.stop();
      nodeQueue.stop();
      podQueue.stop();
    },
  };
}
