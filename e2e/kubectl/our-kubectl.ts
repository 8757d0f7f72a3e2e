import { VERSIONS } from '../../src/cluster/images.ts';
import { ClusterThread } from './cluster-thread.ts';
import { loadAnswers, loadData } from './prove.ts';
import { formatFailure, type Report, reportOf } from './report.ts';
import type { Machine } from './run-command.ts';
import { type Outcome, runScenario, type Side } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

/** The machine outside of the cluster, and what it finds there. */
const HOST = 'host';
const KUBECONFIG = '/home/learner/.kube/config';
const WORKDIR = '/tmp/scenarios';
/** Simulated seconds to one of real time: programs and cluster share their clock. */
const SPEED = 10;

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
  const outcomes: Outcome[] = [];
  let cluster: ClusterThread | undefined;
  try {
    for (const scenario of wanted) {
      // What lasts of the scenarios before (Pods that still end) would be seen by one that looks at whole nodes.
      if (scenario.alone) await cluster?.close();
      if (scenario.alone || !cluster) cluster = await ClusterThread.start({ seed: 1, speed: SPEED });
      outcomes.push(...(await proveScenario(scenario, cluster, declared, say)));
    }
  } finally {
    await cluster?.close();
  }
  const commands = scenarios.reduce((sum, scenario) => sum + scenario.commands.length, 0);
  return reportOf(outcomes, ours, commands);
}

async function proveScenario(
  scenario: Scenario,
  cluster: ClusterThread,
  declared: ReadonlyMap<string, string>,
  say: (line: string) => void,
): Promise<readonly Outcome[]> {
  const side: Side = {
    kubeconfig: KUBECONFIG,
    workdir: WORKDIR,
    facts: { kubernetes: VERSIONS.kubernetes },
    machine: machineOf(cluster),
  };
  const answers = await loadAnswers(scenario);
  if (!answers) throw new Error(`${scenario.name} was never recorded`);
  const { outcomes } = await runScenario(scenario, side, answers);
  const failures = outcomes.filter(({ failure }) => failure !== undefined);
  say(`${scenario.name}: ${outcomes.length - failures.length} of ${outcomes.length} as recorded`);
  for (const { command, failure } of failures) {
    if (!failure || declared.has(command)) continue;
    say(formatFailure(command, scenario.commands.find(({ name }) => name === command)?.run ?? '', failure));
  }
  return outcomes;
}

function machineOf(cluster: ClusterThread): Machine {
  return async (script, timeout) => {
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, timeout, undefined).unref());
    const answer = await Promise.race([cluster.ask(HOST, { script }), late]);
    return answer ? { output: answer.output, status: answer.status } : { output: '', status: undefined };
  };
}
