import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Location } from '#course/block/block.ts';
import type { NodeNames } from '#course/node-names.ts';
import type { ShellProgram } from '../terminal/terminal.ts';
import { ApiClient } from './api-client.ts';
import type { Cluster } from './cluster.ts';
import { readProperties } from './properties.ts';
import { waitUntilReady } from './readiness.ts';
import { stateOf } from './state.ts';

const READY = 60_000;

/** How to reach a cluster that the runner did not make. */
export interface ExistingCluster {
  readonly kubeconfig: string;
  /** A command that opens a shell on a node, `{node}` standing for the node's name: `ssh -tt {node}`. */
  readonly nodeShell: string;
  readonly names: NodeNames;
}

/** @throws Error when the cluster does not answer, lacks a node, or is not Ready */
export async function openExistingCluster({ kubeconfig, nodeShell, names }: ExistingCluster): Promise<Cluster> {
  const file = resolve(kubeconfig);
  const folder = await mkdtemp(join(tmpdir(), 'clusterbook-host-'));
  const api = await ApiClient.open(file);
  const close = async () => {
    await api.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const nodes = await api.list<{ metadata: { name: string } }>('/api/v1/nodes', 'names');
    const known = nodes.map(({ metadata }) => metadata.name);
    const missing = Object.entries(names).filter(([, name]) => !known.includes(name));
    if (missing.length > 0) {
      const [[ours, theirs] = []] = missing;
      throw new Error(
        `the cluster has no node "${theirs}"; its nodes are ${known.join(', ')}. Say which of them is ${ours}: --node ${ours}=NAME`,
      );
    }
    const unready = await waitUntilReady(api, READY);
    if (unready.length > 0) throw new Error(`the cluster is not Ready: ${unready.join('; ')}`);
    const onHost: ShellProgram = {
      file: 'bash',
      args: ['--noprofile', '--norc'],
      env: { ...process.env, HOME: folder, KUBECONFIG: file },
      cwd: folder,
    };
    const shellOf = (place: Location): ShellProgram =>
      place === 'host'
        ? onHost
        : { file: 'sh', args: ['-c', nodeShell.replaceAll('{node}', names[place])], env: process.env };
    return {
      properties: await readProperties(api, undefined),
      names,
      hostNames: [],
      shellOf,
      serviceShellOf: shellOf,
      whyGone: async () => {
        try {
          await api.get('/version');
          return undefined;
        } catch (error) {
          return `the API server does not answer: ${error instanceof Error ? error.message : error}`;
        }
      },
      ...stateOf(api),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
