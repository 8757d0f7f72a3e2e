import { fitsNodeAffinity } from '../../api/scheduling/node-affinity.ts';
import { isTolerated } from '../../api/scheduling/tolerations.ts';
import type { Node } from '../../api/types/core.ts';
import type { DaemonSet } from '../../api/types/workloads.ts';
import { withDaemonTolerations } from './pod-template.ts';

export interface Eligibility {
  /** A Pod belongs on the node. */
  readonly shouldRun: boolean;
  /** One that is there may stay: a taint keeps new ones away, but evicts none. */
  readonly shouldContinue: boolean;
}

const NEITHER: Eligibility = { shouldRun: false, shouldContinue: false };

/** Whether a node gets a Pod of a DaemonSet (pkg/controller/daemon.NodeShouldRunDaemonPod). */
export function eligibility(node: Node, set: DaemonSet): Eligibility {
  const spec = withDaemonTolerations(set.spec.template.spec);
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return NEITHER;
  if (!fitsNodeAffinity(spec, node)) return NEITHER;
  const untolerated = (node.spec.taints ?? []).filter((taint) => !isTolerated(taint, spec.tolerations));
  if (!untolerated.some(({ effect }) => effect === 'NoExecute' || effect === 'NoSchedule')) {
    return { shouldRun: true, shouldContinue: true };
  }
  return { shouldRun: false, shouldContinue: !untolerated.some(({ effect }) => effect === 'NoExecute') };
}
