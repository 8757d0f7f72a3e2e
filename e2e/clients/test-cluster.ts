import { KubeConfig } from '@kubernetes/client-node';
import { type ServedCluster, serveCluster } from '../../src/serve/serve-cluster.ts';
import { addUsers, type Kubeconfigs } from '../../src/serve/users.ts';

/** Simulated seconds to one of real time: Pods start and end while a test waits. */
const SPEED = 20;
const NODES = ['w1', 'w2'];
const IMAGES = ['docker.io/library/nginx:1.27', 'docker.io/library/busybox:1.36'];

/** A cluster behind its real socket, and what its users have. */
export interface TestCluster {
  readonly served: ServedCluster;
  readonly kubeconfigs: Kubeconfigs;
  config(user: keyof Kubeconfigs): KubeConfig;
}

/** The images that tests use are there: what is pulled, and how long it takes, is no question of clients. */
export async function startCluster(speed = SPEED): Promise<TestCluster> {
  const served = await serveCluster({ port: 0, seed: 1, speed });
  for (const node of NODES) for (const image of IMAGES) served.cluster.nodes.get(node)?.images.preload(image);
  const kubeconfigs = addUsers(served);
  return { served, kubeconfigs, config: (user) => configOf(kubeconfigs[user]) };
}

export function configOf(text: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(text);
  return config;
}

/** `--etcd-compaction-interval`, twice, and a little: what was is gone. */
const HISTORY = 11 * 60_000;

/** Lets so much time pass that etcd forgets every revision that a client has seen. */
export function passCompaction({ served }: TestCluster): void {
  served.kernel.runFor(HISTORY);
}

/** Real milliseconds after which what did not come will not come. */
const PATIENCE = 15_000;

/** Asks again and again until there is an answer. @throws Error when none comes */
export async function eventually<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  what = 'what was awaited',
): Promise<T> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
