import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveCluster } from '../../src/serve/serve-cluster.ts';
import { loadData, prove } from './prove.ts';
import type { Report } from './report.ts';

/** Each takes the next scenario: they mostly wait. */
const CLUSTERS = 4;
const NODES = ['w1', 'w2'];
/** What scenarios find on every node; on a real cluster the first scenario brings it there. */
const IMAGES = ['docker.io/library/nginx:1.27', 'docker.io/library/busybox:1.36'];

/**
 * Asks the simulated cluster every command: several clusters side by side, each a scenario at a time.
 *
 * @param only scenarios, or the scenarios of commands; empty for all
 */
export async function proveSimulated(only: readonly string[], say: (line: string) => void): Promise<Report> {
  const { scenarios } = await loadData();
  const names = only.length > 0 ? [...only] : scenarios.map(({ name }) => name);
  const reports: Report[] = [];
  const worker = async (seed: number) => {
    const folder = await mkdtemp(join(tmpdir(), 'clusterbook-simulated-'));
    const served = await serveCluster({ port: 0, seed, speed: 1 });
    try {
      for (const node of NODES) for (const image of IMAGES) served.cluster.nodes.get(node)?.images.preload(image);
      const kubeconfig = join(folder, 'admin.conf');
      await writeFile(kubeconfig, served.kubeconfig('admin.conf'), { mode: 0o600 });
      for (let name = names.shift(); name !== undefined; name = names.shift()) {
        const one = { kubeconfig, simulated: true, record: false, only: [name], workdir: undefined };
        reports.push(await prove(one, say));
      }
    } finally {
      await served.close();
      await rm(folder, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: Math.min(CLUSTERS, names.length) }, (_, index) => worker(index + 1)));
  return together(reports);
}

function together(reports: readonly Report[]): Report {
  return {
    passed: reports.reduce((sum, { passed }) => sum + passed, 0),
    failed: reports.flatMap(({ failed }) => failed),
    declared: reports.flatMap(({ declared }) => declared),
    problems: [...new Set(reports.flatMap(({ problems }) => problems))],
  };
}
