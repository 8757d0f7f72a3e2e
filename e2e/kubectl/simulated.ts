import { ClusterThread } from './cluster-thread.ts';
import { loadData, prove } from './prove.ts';
import type { Report } from './report.ts';

/** Each takes the next scenario: they mostly wait. */
const CLUSTERS = 4;
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
    const cluster = await ClusterThread.start({ seed, speed: 1 });
    const { kubeconfig } = cluster;
    try {
      for (let name = names.shift(); name !== undefined; name = names.shift()) {
        const one = { kubeconfig, simulated: true, record: false, only: [name], workdir: undefined, ours: false };
        reports.push(await prove(one, say));
      }
    } finally {
      await cluster.close();
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
