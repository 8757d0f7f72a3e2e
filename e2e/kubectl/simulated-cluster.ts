import { parentPort, workerData } from 'node:worker_threads';
import { readTextIfThere } from '#machine/file-system.ts';
import { controlUnit, runOnNode } from '../../src/serve/node-commands.ts';
import { serveCluster } from '../../src/serve/serve-cluster.ts';

/**
 * A simulated cluster in a thread of its own, since another's work must not keep its clients waiting. Its first message is its
 * kubeconfig; each one after it answers a `NodeRequest`.
 */

/** What a thread's cluster is to be. */
export interface ClusterWish {
  readonly seed: number;
  /** Simulated seconds to one of real time. */
  readonly speed: number;
}

/** What is asked of a node. */
export interface NodeRequest {
  readonly id: number;
  readonly node: string;
  readonly what:
    | { readonly script: string }
    | { readonly action: 'start' | 'stop' | 'restart'; readonly unit: string }
    /** The output is JSON. */
    | { readonly list: 'containers' };
}

export interface NodeResponse {
  readonly id: number;
  readonly output: string;
  readonly status: number;
  /** What went wrong where nothing ran. */
  readonly error?: string;
}

const NODES = ['w1', 'w2'];
/** What scenarios find on every node; on a real cluster the first scenario brings it there. */
const IMAGES = ['docker.io/library/nginx:1.27', 'docker.io/library/busybox:1.36'];

const { seed, speed } = workerData as ClusterWish;
const served = await serveCluster({ port: 0, seed, speed });
for (const node of NODES) for (const image of IMAGES) served.cluster.nodes.get(node)?.images.preload(image);
parentPort?.on('message', (request: NodeRequest) => {
  answer(request).then(
    (response) => parentPort?.postMessage(response),
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      parentPort?.postMessage({ id: request.id, output: '', status: 1, error: message } satisfies NodeResponse);
    },
  );
});
parentPort?.postMessage(served.kubeconfig('admin.conf'));

async function answer({ id, node, what }: NodeRequest): Promise<NodeResponse> {
  if ('script' in what) return { id, ...(await runOnNode(served, node, what.script)) };
  if ('list' in what) return { id, output: JSON.stringify(containersOf(node)), status: 0 };
  await controlUnit(served, node, what.action, what.unit);
  return { id, output: '', status: 0 };
}

function containersOf(name: string) {
  const node = served.cluster.nodes.get(name);
  return (node?.containerd.containers() ?? []).map(({ id, config, state, exitCode, logFile }) => ({
    id,
    name: config.name,
    pod: config.labels['io.kubernetes.pod.uid'] ?? '',
    state,
    exitCode,
    lastLine: (node && readTextIfThere(node.files, logFile))?.trimEnd().split('\n').at(-1) ?? '',
  }));
}
