import { release } from '#course/release.ts';
import { ClusterThread } from './cluster-thread.ts';
import { loadAnswers, loadData } from './prove.ts';
import { formatFailure, type Report, reportOf } from './report.ts';
import type { Machine } from './run-command.ts';
import { type Outcome, runScenario, type Side } from './run-scenario.ts';

/** The machine outside of the cluster, and what it finds there. */
const HOST = 'host';
const KUBECONFIG = '/home/learner/.kube/config';
const WORKDIR = '/tmp/scenarios';

/**
 * Runs every command with our own kubectl, in our own shell, on a simulated machine, and compares its answers with those that the real one
 * was given on a kind cluster.
 *
 * @param only scenarios; empty for all
 */
export async function proveOurs(only: readonly string[], say: (line: string) => void): Promise<Report> {
  const { scenarios, ours } = await loadData();
  const wanted = scenarios.filter(({ name }) => only.length === 0 || only.includes(name));
  const declared = new Map(ours.map(({ command, reason }) => [command, reason]));
  const cluster = await ClusterThread.start({ seed: 1, speed: 10 });
  const outcomes: Outcome[] = [];
  try {
    const side: Side = {
      kubeconfig: KUBECONFIG,
      workdir: WORKDIR,
      facts: { kubernetes: `v${release.kubernetes}.4` },
      machine: machineOf(cluster),
    };
    for (const scenario of wanted) {
      const answers = await loadAnswers(scenario);
      if (!answers) throw new Error(`${scenario.name} was never recorded`);
      const result = await runScenario(scenario, side, answers);
      outcomes.push(...result.outcomes);
      const failures = result.outcomes.filter(({ failure }) => failure !== undefined);
      say(`${scenario.name}: ${result.outcomes.length - failures.length} of ${result.outcomes.length} as recorded`);
      for (const { command, failure } of failures) {
        const run = scenario.commands.find(({ name }) => name === command)?.run ?? '';
        const reason = declared.get(command);
        if (reason !== undefined) say(`differs, as declared, ${command}: ${reason}`);
        else if (failure) say(formatFailure(command, run, failure));
      }
    }
  } finally {
    await cluster.close();
  }
  const commands = scenarios.reduce((sum, scenario) => sum + scenario.commands.length, 0);
  return reportOf(outcomes, ours, commands);
}

function machineOf(cluster: ClusterThread): Machine {
  return async (script, timeout) => {
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, timeout, undefined).unref());
    const answer = await Promise.race([cluster.ask(HOST, { script }), late]);
    return answer ? { output: answer.output, status: answer.status } : { output: '', status: undefined };
  };
}
