import { setTimeout as sleep } from 'node:timers/promises';
import { dropNamespace, freshNamespace, placeOf, script, waitForNamespacesGone } from '../kubectl/place.ts';
import type { Place } from '../kubectl/run-command.ts';
import { Api } from './api.ts';
import { unmet } from './conditions.ts';
import { Lookout } from './lookout.ts';
import { Recorder } from './recorder.ts';
import type { StepBegins } from './rules.ts';
import type { Action, Scenario, Step } from './scenario.ts';
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
/** Milliseconds after which an API server that was mended answers. */
const MENDED = 120_000;

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
  if (scenario.alone) await target.settle();
  const place = await placeOf(namespace, side);
  await freshNamespace(namespace, place);
  const api = await Api.open(target.kubeconfig);
  const recorder = await Recorder.start(api, watchesOf(scenario, namespace));
  const lookout = new Lookout(scenario, target, api, () => Math.max(0, ...recorder.versions.map(revisionOf)));
  const begins = new Map<string, number>();
  const timeline = () =>
    [...timelineOf(recorder.versions, namespace), ...lookout.changes].sort((a, b) => a.revision - b.revision);
  let failure: string | undefined;
  try {
    await lookout.start();
    for (const step of scenario.steps) {
      const since = timeline().at(-1)?.revision ?? 0;
      begins.set(step.name, since);
      lookout.setStep(step.name);
      failure = await take(step.name, step, target, place);
      failure ??= await reached(step, recorder, timeline, since);
      if (failure !== undefined) break;
      if (step.pause !== undefined) await target.pass(step.pause);
    }
    await quiet(recorder);
  } finally {
    recorder.close();
    lookout.close();
    for (const action of scenario.cleanup) await take('cleanup', action, target, place);
    await answering(api);
    api.close();
    await dropNamespace(namespace, place);
  }
  if (scenario.alone) await waitForNamespacesGone([namespace], side);
  return { timeline: timeline(), begins, failure };
}

/** What was broken until now may need a moment. */
async function answering(api: Api): Promise<void> {
  const end = performance.now() + MENDED;
  while (performance.now() < end) {
    try {
      await api.get('/readyz');
      return;
    } catch {
      await sleep(LOOK);
    }
  }
}

async function take(
  name: string,
  { run, unit, node }: Action,
  target: Target,
  place: Place,
): Promise<string | undefined> {
  try {
    if (run !== undefined) await script(run, place);
    if (unit) await target.unit(unit.node, unit.action, unit.name);
    if (node) {
      const { status, output } = await target.onNode(node.name, `set -e\n${node.run}`);
      if (status !== 0) return `the step "${name}" ended with status ${status}: ${output}`;
    }
    return undefined;
  } catch (error) {
    return `the step "${name}" failed: ${error instanceof Error ? error.message : error}`;
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
