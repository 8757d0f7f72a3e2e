import { Kernel } from '#kernel/kernel.ts';
import { Cluster, type ClusterState } from '../cluster/cluster.ts';
import { nodePrograms, USERLAND, WORKSTATION_PROGRAMS } from '../userland/programs.ts';

/** How long it runs, in simulated milliseconds: everything is there and at rest, and leaders have renewed their leases. */
const RUN = 120_000;

/**
 * What a new lab begins with, in place of a cluster that comes up step by step: this very cluster, run until it rests, without the older
 * revisions of etcd.
 *
 * @param start when it was switched on, in milliseconds since the epoch
 */
export function bootState(start: number): ClusterState {
  const kernel = new Kernel({ start, seed: 1 });
  const cluster = new Cluster({
    kernel,
    userland: USERLAND,
    nodePrograms,
    workstationPrograms: WORKSTATION_PROGRAMS,
  });
  cluster.start();
  kernel.runFor(RUN);
  return cluster.save({ history: false });
}
