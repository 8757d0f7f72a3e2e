import type { Location } from '#course/block/block.ts';
import type { ClusterFacts } from '#course/matcher/line-pattern.ts';
import type { NodeNames } from '#course/node-names.ts';
import type { ShellProgram } from '../terminal/terminal.ts';
import type { Snapshot } from './snapshot.ts';

/** What results say of the cluster that a page was proven on. */
export interface ClusterProperties extends ClusterFacts {
  /** kind's version without `v`; undefined for a cluster that the runner did not make. */
  readonly kind: string | undefined;
  /** `kindnet`, `calico`, … by the DaemonSets that run. */
  readonly cni: string;
}

/** A cluster as the runner sees it: places with shells, and a state that can be compared. */
export interface Cluster {
  readonly properties: ClusterProperties;
  /** What cp1, w1 and w2 are called here. */
  readonly names: NodeNames;
  /** Names that the machines have for themselves, in journals and leases, and the node that each is. */
  readonly hostNames: readonly (readonly [host: string, node: string])[];
  /** The shell that a page's commands are typed into. */
  shellOf(place: Location): ShellProgram;
  /** A shell of the runner's own at a place, with the rights to see and end what pages started there. */
  serviceShellOf(place: Location): ShellProgram;
  /** Undefined while the cluster is there; else why it is not, in one sentence. A stopped API server is no reason. */
  whyGone(): Promise<string | undefined>;
  /** Waits until all nodes and all system Pods are Ready. Returns what is not, when the time is over. */
  settle(milliseconds: number): Promise<string[]>;
  snapshot(): Promise<Snapshot>;
  /** Deletes what events say of objects that pages made before, so that a page cannot pass by another's. */
  forgetEvents(): Promise<void>;
  close(): Promise<void>;
}
