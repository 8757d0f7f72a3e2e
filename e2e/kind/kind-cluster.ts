import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Location } from '#course/block/block.ts';
import { ownNames } from '#course/node-names.ts';
import { capture, succeed } from '../../scripts/programs/run.ts';
import type { ShellProgram } from '../terminal/terminal.ts';
import { ApiClient } from './api-client.ts';
import { installCalico, withoutPlugin } from './calico.ts';
import type { Cluster } from './cluster.ts';
import { nodeImage } from './node-image.ts';
import { readProperties } from './properties.ts';
import { waitUntilReady } from './readiness.ts';
import { stateOf } from './state.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const READY = 180_000;
/** What a login of an unprivileged user has; sudo brings its own. */
const LEARNER_PATH = '/usr/local/bin:/usr/bin:/bin';
/** sudo cleans the environment: without this, what it starts could not be told from others' processes. */
const KEEP_SESSION = 'Defaults env_keep += "CLUSTERBOOK_SESSION"\n';

/** What is asked of a new cluster besides its name. */
export interface KindClusterWish {
  /** Undefined: kindnet, as kind brings it. */
  readonly cni?: 'calico' | undefined;
  readonly say: (line: string) => void;
}

/** Makes the cluster of `cluster.yaml` and prepares its nodes. One of the same name is deleted first. */
export async function createKindCluster(name: string, { cni, say }: KindClusterWish): Promise<void> {
  await deleteKindCluster(name);
  const image = await nodeImage();
  say(`Making the kind cluster "${name}" of ${image}${cni === undefined ? '' : ` with ${cni}`}`);
  const folder = await mkdtemp(join(tmpdir(), 'clusterbook-kind-'));
  try {
    const kubeconfig = join(folder, 'kubeconfig');
    const config = `${await readFile(here('cluster.yaml'), 'utf8')}${cni === undefined ? '' : withoutPlugin}`;
    const args = ['create', 'cluster', '--name', name, '--image', image, '--config', '-', '--kubeconfig', kubeconfig];
    await succeed('kind', [...args, '--quiet'], { input: config });
    if (cni === 'calico') await installCalico(kubeconfig);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const script = await readFile(here('prepare-node.sh'), 'utf8');
  await Promise.all(
    Object.values(containers(name)).map(async (container) => {
      await succeed('docker', ['exec', '-i', container, 'sh', '-s'], { input: script });
      await succeed('docker', ['exec', '-i', container, 'tee', '/etc/sudoers.d/clusterbook'], { input: KEEP_SESSION });
    }),
  );
}

export async function deleteKindCluster(name: string): Promise<void> {
  if (await kindClusterExists(name)) await succeed('kind', ['delete', 'cluster', '--name', name]);
}

export async function kindClusterExists(name: string): Promise<boolean> {
  const { status, said } = await capture('kind', ['get', 'clusters']);
  return status === 0 && said.split('\n').includes(name);
}

function containers(name: string): Readonly<Record<Exclude<Location, 'host'>, string>> {
  return { cp1: `${name}-control-plane`, w1: `${name}-worker`, w2: `${name}-worker2` };
}

/** Opens a cluster that `createKindCluster` made. @throws Error when it does not become Ready */
export async function openKindCluster(name: string): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'clusterbook-host-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await succeed('kind', ['export', 'kubeconfig', '--name', name, '--kubeconfig', kubeconfig]);
  const api = await ApiClient.open(kubeconfig);
  const close = async () => {
    await api.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const unready = await waitUntilReady(api, READY);
    if (unready.length > 0) throw new Error(`the cluster "${name}" did not become Ready: ${unready.join('; ')}`);
    const version = /\d+\.\d+\.\d+\S*/.exec(await succeed('kind', ['version', '--quiet']))?.[0];
    const names = containers(name);
    const onNode = (place: Exclude<Location, 'host'>, args: readonly string[]): ShellProgram => ({
      file: 'docker',
      args: ['exec', '-it', ...args, names[place], 'bash', '--noprofile', '--norc'],
      env: process.env,
    });
    const onHost: ShellProgram = {
      file: 'bash',
      args: ['--noprofile', '--norc'],
      // A home of its own: nothing of the person who runs this is read or written, kubectl's cache included.
      env: { ...hostEnvironment(), HOME: folder, KUBECONFIG: kubeconfig },
      cwd: folder,
    };
    return {
      properties: await readProperties(api, version),
      names: ownNames,
      // The longest first: cka-worker2 begins with cka-worker.
      hostNames: Object.entries(names)
        .map(([node, host]) => [host, node] as const)
        .sort(([a], [b]) => b.length - a.length),
      shellOf: (place) =>
        place === 'host'
          ? onHost
          : onNode(place, [
              '--user',
              'learner',
              '--workdir',
              '/home/learner',
              '--env',
              'HOME=/home/learner',
              '--env',
              `PATH=${LEARNER_PATH}`,
            ]),
      serviceShellOf: (place) => (place === 'host' ? onHost : onNode(place, [])),
      whyGone: async () => {
        for (const container of Object.values(names)) {
          const { status, said } = await capture('docker', ['inspect', '--format', '{{.State.Running}}', container]);
          if (status !== 0) return `the container ${container} is gone: ${said.split('\n').at(-1)}`;
          if (said !== 'true') return `the container ${container} does not run`;
        }
        return undefined;
      },
      ...stateOf(api),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Without what would change kubectl's answers. */
function hostEnvironment(): NodeJS.ProcessEnv {
  const kept = { ...process.env };
  for (const key of Object.keys(kept)) if (/^(?:KUBE|npm_|NODE_|KIND_)/.test(key)) delete kept[key];
  kept['PATH'] = (kept['PATH'] ?? '').replaceAll(`${homedir()}/.krew/bin:`, '');
  return kept;
}
