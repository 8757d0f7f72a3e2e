import { capture, succeed } from '../../scripts/programs/run.ts';
import type { Target } from './target.ts';

/** What scenarios find on every node: pulling is not what they are about. */
const IMAGES = ['docker.io/library/nginx:1.27', 'docker.io/library/busybox:1.36'];

/** A kind cluster made of e2e/kind/cluster.yaml. @param name kind's name of it */
export async function kindTarget(name: string, kubeconfig: string): Promise<Target> {
  const containers = new Map([
    ['cp1', `${name}-control-plane`],
    ['w1', `${name}-worker`],
    ['w2', `${name}-worker2`],
  ]);
  const containerOf = (node: string) => {
    const container = containers.get(node);
    if (container === undefined) throw new Error(`there is no node "${node}"`);
    return container;
  };
  for (const node of ['w1', 'w2']) {
    for (const image of IMAGES) await succeed('docker', ['exec', containerOf(node), 'crictl', 'pull', image]);
  }
  return {
    kubeconfig,
    onNode: async (node, script) => {
      const { said, status } = await capture('docker', ['exec', '-i', containerOf(node), 'bash', '-s'], {
        input: script,
      });
      return { output: said, status };
    },
    unit: async (node, action, unit) => {
      await succeed('docker', ['exec', containerOf(node), 'systemctl', action, unit]);
    },
  };
}
