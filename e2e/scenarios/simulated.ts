import type { Counts } from '../../scripts/test/step.ts';
import { chosen, inWorkdir, loadScenarios, proveScenario, type ScenarioResult } from './prove.ts';
import { countsOf, formatResult } from './report.ts';
import { simulatedTarget } from './simulated-target.ts';

/** Clusters side by side: they mostly wait. */
const CLUSTERS = 4;

/** Runs scenarios on simulated clusters, each on one of its own. @param only empty for all */
export async function proveSimulated(
  only: readonly string[],
  workdir: string | undefined,
  say: (line: string) => void,
): Promise<Counts> {
  const waiting = [...chosen(await loadScenarios(), only)];
  const results: ScenarioResult[] = [];
  await inWorkdir(workdir, async (folder) => {
    const worker = async () => {
      for (let scenario = waiting.shift(); scenario; scenario = waiting.shift()) {
        const start = performance.now();
        const target = await simulatedTarget(1);
        try {
          const result = await proveScenario(scenario, target, folder);
          results.push(result);
          say(formatResult(result, 'simulated', (performance.now() - start) / 1000));
        } finally {
          await target.close();
        }
      }
    };
    await Promise.all(Array.from({ length: CLUSTERS }, worker));
  });
  return countsOf(results, 'simulated');
}
