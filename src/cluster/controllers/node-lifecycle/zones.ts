import type { Condition } from '../../api/object.ts';
import type { Node } from '../../api/types/core.ts';

export type ZoneState = 'Initial' | 'Normal' | 'PartialDisruption' | 'FullDisruption';

/** component-helpers, node/topology.GetZoneKey; empty for nodes without zones. */
export function zoneOf({ metadata: { labels = {} } }: Node): string {
  const zone = labels['topology.kubernetes.io/zone'] ?? '';
  const region = labels['topology.kubernetes.io/region'] ?? '';
  return zone === '' && region === '' ? '' : `${region}:\0:${zone}`;
}

/** @param threshold the share of nodes that makes a disruption, of three at least */
export function zoneState(ready: readonly (Condition | undefined)[], threshold: number): ZoneState {
  const healthy = ready.filter((condition) => condition?.status === 'True').length;
  const sick = ready.length - healthy;
  if (healthy === 0 && sick > 0) return 'FullDisruption';
  return sick > 2 && sick / ready.length >= threshold ? 'PartialDisruption' : 'Normal';
}
