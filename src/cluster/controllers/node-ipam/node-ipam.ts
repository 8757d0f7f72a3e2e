import { node as nodeKind } from '../../api/kinds/core/node.ts';
import type { Node } from '../../api/types/core.ts';
import { type Controller, type ControllerContext, controllerQueue } from '../controller.ts';
import { CidrError, CidrSet, overlap } from './cidr-set.ts';

export interface NodeIpamOptions {
  /** `--cluster-cidr` */
  readonly clusterCidr?: string;
  /** `--node-cidr-mask-size` */
  readonly nodeCidrMaskSize?: number;
  /** `--service-cluster-ip-range` */
  readonly serviceCidr?: string;
}

const NAME = 'node-ipam-controller';

/** Gives each node a network for its Pods, in the order in which nodes register (pkg/controller/nodeipam, RangeAllocator). */
export function startNodeIpam(context: ControllerContext, options: NodeIpamOptions = {}): Controller {
  const { client, informers, log } = context;
  const { clusterCidr = '10.244.0.0/16', nodeCidrMaskSize = 24, serviceCidr } = options;
  const recorder = context.recorder('cidrAllocator');
  const cidrs = new CidrSet(clusterCidr, nodeCidrMaskSize);
  if (serviceCidr && overlap(clusterCidr, serviceCidr)) cidrs.occupy(serviceCidr);
  const nodes = informers.of(nodeKind);
  const queue = controllerQueue(context, 'cidrallocator_node', sync);
  nodes.handle({
    added: (node) => {
      occupy(node);
      queue.add(node.metadata.name);
    },
    updated: ({ metadata }) => queue.add(metadata.name),
    deleted: ({ spec }) => {
      for (const cidr of spec.podCIDRs ?? []) if (isOurs(cidr)) cidrs.release(cidr);
    },
  });
  log.info('range_allocator.go:177', 'Sending events to api server', { logger: NAME });
  log.info('range_allocator.go:181', 'Starting range CIDR allocator', { logger: NAME });

  /** Before any node is given a network: those that have one keep it. */
  function occupy({ spec }: Node): void {
    for (const cidr of spec.podCIDRs ?? []) if (isOurs(cidr)) cidrs.occupy(cidr);
  }

  /** Somebody else may have given a node a network of another kind. */
  function isOurs(cidr: string): boolean {
    try {
      return overlap(clusterCidr, cidr);
    } catch (error) {
      if (!(error instanceof CidrError)) throw error;
      return false;
    }
  }

  function sync(name: string): void {
    const node = nodes.get(undefined, name);
    if (!node || node.metadata.deletionTimestamp !== undefined) return;
    if (node.spec.podCIDRs?.length) {
      occupy(node);
      return;
    }
    // The cache may be old: a network given twice would be lost.
    const fresh = client.find(nodeKind, undefined, name);
    if (!fresh || fresh.spec.podCIDRs?.length) return;
    give(fresh, allocate(fresh));
  }

  function allocate(node: Node): string {
    try {
      return cidrs.allocate();
    } catch (error) {
      if (!(error instanceof CidrError)) throw error;
      tell(node, 'CIDRNotAvailable');
      throw new Error(`failed to allocate cidr from cluster cidr at idx:0: ${error.message}`);
    }
  }

  function give(node: Node, cidr: string): void {
    try {
      client.patch(nodeKind, node, { spec: { podCIDR: cidr, podCIDRs: [cidr] } });
      const values = `logger="${NAME}" node="${node.metadata.name}" podCIDRs=["${cidr}"]`;
      log.plain('I', 'range_allocator.go:433', `"Set node PodCIDR" ${values}`);
    } catch (error) {
      tell(node, 'CIDRAssignmentFailed');
      cidrs.release(cidr);
      throw error;
    }
  }

  function tell({ metadata: { name, uid } }: Node, status: string): void {
    const reference = { apiVersion: 'v1', kind: 'Node', name, uid };
    recorder.record(reference, 'Normal', status, `Node ${name} status is now: ${status}`);
  }

  return { name: 'node-ipam', stop: () => queue.stop() };
}
