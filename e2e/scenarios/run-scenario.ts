import { dropNamespace, freshNamespace, placeOf, SCRIPT, script, waitForNamespacesGone } from '../kubectl/place.ts';
import { type Place, runCommand } from '../kubectl/run-command.ts';
import { Api } from './api.ts';
import { unmet } from './conditions.ts';
import { Recorder } from './recorder.ts';
import type { StepBegins } from './rules.ts';
import type { Scenario, Step } from './scenario.ts';
import type { Target } from './target.ts';
import { type Change, timelineOf } from './timeline.ts';
import { revisionOf } from './versions.ts';
import { watchesOf } from './watches.ts';

/** What happened in a scenario. */
export interface Run {
  readonly timeline: readonly Change[];
  readonly begins: StepBegins;
  /** Why it did not come to its end; undefined when it did. */
  readonly failure: string | undefined;
}

/** When nothing changes for so many milliseconds, nothing more is on its way. */
const QUIET = 1_500;
/** Milliseconds after which things are looked at again, whatever was heard. */
const LOOK = 1_000;

/**
 * Runs a scenario in a fresh namespace.
 *
 * @param workdir for its files
 * @param namespace the scenario's name, unless it runs several times at once
 */
export async function runScenario(
  scenario: Scenario,
  target: Target,
  workdir: string,
  namespace: string = scenario.name,
): Promise<Run> {
  const side = { kubeconfig: target.kubeconfig, workdir };
  const place = await placeOf(namespace, side);
  await freshNamespace(namespace, place);
  const api = await Api.open(target.kubeconfig);
  const recorder = await Recorder.start(api, watchesOf(scenario, namespace));
  const begins = new Map<string, number>();
  const timeline = () => timelineOf(recorder.versions, namespace);
  let failure: string | undefined;
  try {
    for (const step of scenario.steps) {
      const since = Math.max(0, ...recorder.versions.map(revisionOf));
      begins.set(step.name, since);
      failure = await take(step, target, place);
      failure ??= await reached(step, recorder, timeline, since);
      if (failure !== undefined) break;
    }
    await quiet(recorder);
  } finally {
    if (scenario.cleanup !== undefined) await runCommand(scenario.cleanup, place, SCRIPT);
    recorder.close();
    api.close();
    await dropNamespace(namespace, place);
  }
  if (scenario.alone) await waitForNamespacesGone([namespace], side);
  return { timeline: timeline(), begins, failure };
}

async function take(step: Step, target: Target, place: Place): Promise<string | undefined> {
  try {
    if (step.run !== undefined) await script(step.run, place);
    if (step.unit) await target.unit(step.unit.node, step.unit.action, step.unit.name);
    if (step.node) {
      const { status, output } = await target.onNode(step.node.name, `set -e\n${step.node.run}`);
      if (status !== 0) return `the step "${step.name}" ended with status ${status}: ${output}`;
    }
    return undefined;
  } catch (error) {
    return `the step "${step.name}" failed: ${error instanceof Error ? error.message : error}`;
  }
}

/** Waits until the step's conditions are met; what was missing when its time was over. */
async function reached(
  { name, until, timeout }: Step,
  recorder: Recorder,
  timeline: () => readonly Change[],
  since: number,
): Promise<string | undefined> {
  const end = performance.now() + timeout * 1000;
  for (;;) {
    const missing = unmet(until, timeline(), since);
    if (missing.length === 0) return undefined;
    if (performance.now() > end) {
      const conditions = missing.map(({ object, track, value, now, came }) => {
        const count = now !== undefined ? ` now ${now} times` : came !== undefined ? ` came ${came} times` : '';
        return `"${object}: ${track}: ${value}"${count}`;
      });
      return `after the step "${name}" it did not come to ${conditions.join(', ')} within ${timeout} s`;
    }
    await recorder.change(LOOK);
  }
}

async function quiet(recorder: Recorder): Promise<void> {
  for (let count = -1; count !== recorder.versions.length; ) {
    count = recorder.versions.length;
    await recorder.change(QUIET);
  }
}
