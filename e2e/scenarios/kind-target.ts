import { setTimeout as sleep } from 'node:timers/promises';
import { capture, succeed } from '../../scripts/programs/run.ts';
import { ApiClient } from '../kind/api-client.ts';
import { waitUntilReady } from '../kind/readiness.ts';
import type { NodeContainer, Target } from './target.ts';

/** What scenarios find on every node: pulling is not what they are about. */
const IMAGES = ['docker.io/library/nginx:1.27', 'docker.io/library/busybox:1.36'];

/** Milliseconds until a cluster is as it was. */
const READY = 180_000;

interface CrictlList {
  readonly containers: readonly {
    readonly id: string;
    readonly metadata: { readonly name: string };
    readonly state: string;
    readonly labels: Readonly<Record<string, string>>;
  }[];
}
interface CrictlInspection {
  readonly status: { readonly exitCode?: number; readonly logPath: string };
}

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
  const inspected = new Map<string, NodeContainer>();
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
    containers: async (node) => {
      const crictl = (...args: readonly string[]) => succeed('docker', ['exec', containerOf(node), 'crictl', ...args]);
      const { containers: listed } = JSON.parse(await crictl('ps', '-a', '-o', 'json')) as CrictlList;
      const all = await Promise.all(
        listed
          .filter(({ state }) => state !== 'CONTAINER_CREATED')
          .map(async ({ id, metadata, state, labels }): Promise<NodeContainer | undefined> => {
            const { name } = metadata;
            const pod = labels['io.kubernetes.pod.uid'] ?? '';
            const known = inspected.get(id);
            if (known) return known;
            if (state !== 'CONTAINER_EXITED') return { id, name, pod, state: 'RUNNING', exitCode: 0, lastLine: '' };
            // One that was removed in between is no more.
            const text = await crictl('inspect', '-o', 'json', id).catch(() => undefined);
            if (text === undefined) return undefined;
            const { status } = JSON.parse(text) as CrictlInspection;
            const last = await capture('docker', ['exec', containerOf(node), 'tail', '-n', '1', status.logPath]);
            const container: NodeContainer = {
              id,
              name,
              pod,
              state: 'EXITED',
              exitCode: status.exitCode ?? 0,
              lastLine: last.status === 0 ? last.said : '',
            };
            inspected.set(id, container);
            return container;
          }),
      );
      return all.filter((container) => container !== undefined);
    },
    pass: (seconds) => sleep(seconds * 1000),
    settle: async () => {
      // Back-offs of earlier scenarios are the kubelet's memory: a new one has none.
      await succeed('docker', ['exec', containerOf('cp1'), 'systemctl', 'restart', 'kubelet']);
      const api = await ApiClient.open(kubeconfig);
      try {
        const unready = await waitUntilReady(api, READY);
        if (unready.length > 0) throw new Error(`the cluster did not settle: ${unready.join('; ')}`);
      } finally {
        await api.close();
      }
    },
  };
}
