import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { release } from '#course/release.ts';
import { capture } from '../../scripts/programs/run.ts';
import { type CheckOutcome, compareSequences } from './compare.ts';
import { formatRecording, parseRecording, type Recording } from './recording.ts';
import { checkRules } from './rules.ts';
import { type Run, runScenario } from './run-scenario.ts';
import { parseOptional, parseScenario, type Scenario } from './scenario.ts';
import { type Sequence, sequencesOf } from './sequences.ts';
import type { Target } from './target.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const recordingFile = ({ name }: Scenario) => here(`recorded/${name}.txt`);

/** What a scenario came to: its checks, and the words of a person about them. */
export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly outcomes: readonly CheckOutcome[];
}

/** All scenarios, in the order of their files' names. @throws Error with every problem of the first one that has any */
export async function loadScenarios(): Promise<readonly Scenario[]> {
  const files = (await readdir(here('scenarios'))).filter((file) => file.endsWith('.yaml')).sort();
  const common = parseOptional(await readFile(here('optional.yaml'), 'utf8'));
  return Promise.all(
    files.map(async (file) => parseScenario(await readFile(here(`scenarios/${file}`), 'utf8'), common)),
  );
}

/** Those that are asked for. @throws Error for a name that is none's */
export function chosen(scenarios: readonly Scenario[], only: readonly string[]): readonly Scenario[] {
  const unknown = only.filter((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown.length > 0) {
    const known = scenarios.map(({ name }) => name).join(', ');
    throw new Error(`No scenario is called "${unknown.join('", "')}". The scenarios are ${known}.`);
  }
  return only.length === 0 ? scenarios : scenarios.filter(({ name }) => only.includes(name));
}

/** Runs a scenario and compares what happened with its recording. */
export async function proveScenario(scenario: Scenario, target: Target, workdir: string): Promise<ScenarioResult> {
  const recording = await loadRecording(scenario);
  const run = await runScenario(scenario, target, workdir);
  await keep(scenario.name, run, workdir);
  return { scenario, outcomes: outcomesOf(scenario, run, recording?.sequences ?? []) };
}

/**
 * Runs a scenario several times and writes what happened, when it is the same each time.
 *
 * @param runs how often; not side by side when it is to be alone
 */
export async function recordScenario(
  scenario: Scenario,
  target: Target,
  workdir: string,
  runs: number,
): Promise<ScenarioResult> {
  const kubernetes = await versionOf(target.kubeconfig);
  const all: Run[] = [];
  const one = async (number: number) => {
    const name = `${scenario.name}-${number}`;
    const run = await runScenario(scenario, target, workdir, name);
    await keep(name, run, workdir);
    all.push(run);
  };
  const numbers = Array.from({ length: runs }, (_, index) => index + 1);
  if (scenario.alone) for (const number of numbers) await one(number);
  else await Promise.all(numbers.map(one));
  const [first] = all;
  if (!first) throw new Error('nothing is recorded in no run');
  const sequences = sequencesOf(first.timeline, scenario.optional);
  const outcomes = mergeOutcomes(all.map((run) => outcomesOf(scenario, run, sequences)));
  if (outcomes.every(({ failure }) => failure === undefined)) {
    await writeFile(recordingFile(scenario), formatRecording({ kubernetes, sequences }));
  }
  return { scenario, outcomes };
}

/** A check fails when it fails in any run. */
function mergeOutcomes(all: readonly (readonly CheckOutcome[])[]): readonly CheckOutcome[] {
  const merged = new Map<string, CheckOutcome>();
  for (const outcome of all.flat()) {
    if (!merged.get(outcome.check)?.failure) merged.set(outcome.check, outcome);
  }
  return [...merged.values()];
}

function outcomesOf(scenario: Scenario, run: Run, recorded: readonly Sequence[]): readonly CheckOutcome[] {
  const ended = {
    check: 'it comes to its end',
    failure: run.failure === undefined ? undefined : { message: run.failure, diff: [] },
  };
  // What comes after would speak of another state.
  if (run.failure !== undefined) return [ended];
  const seen = sequencesOf(run.timeline, scenario.optional);
  return [ended, ...compareSequences(recorded, seen), ...checkRules(scenario.rules, run.timeline, run.begins)];
}

/** What was recorded of a scenario; undefined when it never was. */
export async function loadRecording(scenario: Scenario): Promise<Recording | undefined> {
  const text = await readFile(recordingFile(scenario), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseRecording(text);
}

/** The whole of it in order, for a person who looks for a cause. */
async function keep(name: string, { timeline }: Run, workdir: string): Promise<void> {
  const lines = timeline.map(({ revision, id, object, track, value }) =>
    [revision, object, id.slice(0, 8), track, value].join('\t'),
  );
  await writeFile(join(workdir, `${name}.timeline`), `${lines.join('\n')}\n`);
}

/** A folder for the files of a run; a temporary one is deleted when `work` is done. */
export async function inWorkdir<R>(workdir: string | undefined, work: (folder: string) => Promise<R>): Promise<R> {
  const folder = workdir ?? (await mkdtemp(join(tmpdir(), 'clusterbook-scenarios-')));
  await mkdir(folder, { recursive: true });
  try {
    return await work(folder);
  } finally {
    if (workdir === undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** The server's gitVersion. @throws Error when it is not of the release taught, or does not answer */
async function versionOf(kubeconfig: string): Promise<string> {
  const server = await capture('kubectl', ['--kubeconfig', kubeconfig, 'get', '--raw', '/version']);
  const version = /"gitVersion": ?"(v[^"]+)"/.exec(server.said)?.[1];
  if (version === undefined) throw new Error(`the API server does not say its version: ${server.said}`);
  if (!version.startsWith(`v${release.kubernetes}.`)) {
    throw new Error(`scenarios are recorded on release ${release.kubernetes}; this cluster is ${version}`);
  }
  return version;
}
