import { node as nodeKind } from '../../api/kinds/core/node.ts';
import type { Node } from '../../api/types/core.ts';
import { type Controller, type ControllerContext, controllerQueue } from '../controller.ts';

const ANNOTATION = 'node.alpha.kubernetes.io/ttl';
/** Up to so many nodes, so many seconds. */
const SECONDS: readonly (readonly [nodes: number, seconds: number])[] = [
  [100, 0],
  [500, 15],
  [1000, 30],
  [2000, 60],
  [Number.POSITIVE_INFINITY, 300],
];

/** Tells kubelets, by an annotation, for how long they may keep Secrets and ConfigMaps: the longer the larger the cluster (pkg/controller/ttl). */
export function startNodeTtl(context: ControllerContext): Controller {
  const { client, informers, log } = context;
  const nodes = informers.of(nodeKind);
  const queue = controllerQueue(context, 'ttl_controller', sync);
  const enqueue = ({ metadata }: Node) => queue.add(metadata.name);
  nodes.handle({ added: enqueue, updated: enqueue });
  log.info('ttl_controller.go:127', 'Starting TTL controller', { logger: 'ttl-controller' });

  function sync(name: string): void {
    const node = nodes.get(undefined, name);
    const seconds = `${SECONDS.find(([most]) => nodes.size <= most)?.[1] ?? 0}`;
    if (!node || node.metadata.annotations?.[ANNOTATION] === seconds) return;
    client.patch(nodeKind, node, { metadata: { annotations: { [ANNOTATION]: seconds } } });
  }

  return { name: 'ttl-controller', stop: () => queue.stop() };
}
