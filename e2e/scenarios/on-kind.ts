import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { succeed } from '../../scripts/programs/run.ts';
import type { Counts } from '../../scripts/test/step.ts';
import { kindTarget } from './kind-target.ts';
import type { Options } from './options.ts';
import { chosen, inWorkdir, loadScenarios, proveScenario, recordScenario, type ScenarioResult } from './prove.ts';
import { countsOf, formatResult } from './report.ts';
import type { Scenario } from './scenario.ts';

/** Scenarios that do not disturb each other run side by side, those that change the cluster one after the other. */
export async function proveOnKind(
  { record, runs, only, workdir, kind }: Options & { readonly kind: string },
  say: (line: string) => void,
): Promise<Counts> {
  const scenarios = chosen(await loadScenarios(), only);
  const results: ScenarioResult[] = [];
  await inWorkdir(workdir, async (folder) => {
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, await succeed('kind', ['get', 'kubeconfig', '--name', kind]), { mode: 0o600 });
    const target = await kindTarget(kind, kubeconfig);
    const one = async (scenario: Scenario) => {
      const start = performance.now();
      const result = record
        ? await recordScenario(scenario, target, folder, runs)
        : await proveScenario(scenario, target, folder);
      results.push(result);
      say(formatResult(result, 'real', (performance.now() - start) / 1000));
    };
    await Promise.all(scenarios.filter(({ alone }) => !alone).map(one));
    for (const scenario of scenarios) if (scenario.alone) await one(scenario);
  });
  return countsOf(results, 'real');
}
