import { parentPort, workerData } from 'node:worker_threads';
import { serveCluster } from '../../src/serve/serve-cluster.ts';

/** A simulated cluster in a thread of its own, since another's work must not keep its clients waiting. Its kubeconfig is its only message. */

const NODES = ['w1', 'w2'];
/** What scenarios find on every node; on a real cluster the first scenario brings it there. */
const IMAGES = ['docker.io/library/nginx:1.27', 'docker.io/library/busybox:1.36'];

const { seed } = workerData as { readonly seed: number };
const served = await serveCluster({ port: 0, seed, speed: 1 });
for (const node of NODES) for (const image of IMAGES) served.cluster.nodes.get(node)?.images.preload(image);
parentPort?.postMessage(served.kubeconfig('admin.conf'));
