import { type CommandBlock, describeNeed, type Need } from '#course/block/block.ts';
import type { ClusterProperties } from '../../kind/cluster.ts';

/** Why a block has nothing to say about this cluster; undefined when it applies. */
export function whyNotApplicable(block: CommandBlock, cluster: ClusterProperties): string | undefined {
  const unmet = block.needs.filter((need) => !isMet(need, cluster));
  if (unmet.length === 0) return undefined;
  return `only on ${unmet.map(describeNeed).join(', ')}; this is Kubernetes ${cluster.kubernetes} with ${cluster.cni}`;
}

function isMet(need: Need, cluster: ClusterProperties): boolean {
  if (need.property === 'cni') return cluster.cni === need.value;
  const [major = 0, minor = 0] = cluster.kubernetes.replace(/^v/, '').split('.').map(Number);
  const [wantedMajor, wantedMinor] = need.atLeast;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
