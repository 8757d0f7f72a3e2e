import type { PodNetwork } from './pod-network.ts';

/** What a cluster is to be. */
export interface ClusterProfile {
  readonly name: string;
  readonly nodes: readonly { readonly name: string; readonly role: 'control-plane' | 'worker' }[];
  /** Of each node, as `{cpu: '2', memory: '4025308Ki', pods: '110'}`. */
  readonly capacity: Readonly<Record<string, string>>;
  /** In place of kindnet. */
  readonly network?: PodNetwork;
}
