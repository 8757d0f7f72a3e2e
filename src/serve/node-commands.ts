import { Coroutine, type Routine } from '#kernel/coroutine.ts';
import type { StandardStreams } from '#machine/program.ts';
import type { ClusterNode } from '../cluster/node/node.ts';
import type { ServedCluster } from './serve-cluster.ts';

/** What a command printed, both streams in their order, and its exit status. */
export interface NodeAnswer {
  readonly output: string;
  readonly status: number;
}

/** Runs a script in bash on a node, or on the machine outside, as root; time passes at the cluster's pace. @throws Error when there is no such node */
export function runOnNode(served: ServedCluster, node: string, script: string): Promise<NodeAnswer> {
  let output = '';
  const write = (text: string) => {
    output += text;
  };
  const streams: StandardStreams = { read: nothing, out: write, error: write, *drain() {}, terminal: {} };
  const machine = node === served.cluster.workstation?.name ? served.cluster.workstation : nodeOf(served, node);
  const child = machine.run(['bash', '-c', script], { user: 'root', streams });
  return finished(
    served,
    (function* () {
      const status = yield* child.wait();
      return { output, status };
    })(),
  );
}

/** As `systemctl start` and `systemctl stop`: settles when it is done. @throws UnitError */
export function controlUnit(
  served: ServedCluster,
  node: string,
  action: 'start' | 'stop' | 'restart',
  unit: string,
): Promise<void> {
  return finished(served, nodeOf(served, node).units[action](unit));
}

/** Nobody types into it. */
// biome-ignore lint/correctness/useYield: an end is no wait
function* nothing(): Routine<undefined> {
  return undefined;
}

function finished<R>({ kernel, pacer }: ServedCluster, routine: Routine<R>): Promise<R> {
  return new Promise((resolve, reject) => {
    new Coroutine(kernel, routine, resolve, reject);
    pacer.poke();
  });
}

function nodeOf({ cluster }: ServedCluster, name: string): ClusterNode {
  const node = cluster.nodes.get(name);
  if (!node) throw new Error(`there is no node ${name}`);
  return node;
}
