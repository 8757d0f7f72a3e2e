import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { release } from '#course/release.ts';
import { capture } from '../../scripts/programs/run.ts';
import { type Answers, formatAnswers, parseAnswers } from './answers.ts';
import type { Options } from './options.ts';
import { formatFailure, type Report, reportOf } from './report.ts';
import { type Outcome, runScenario, type Side, waitUntilGone } from './run-scenario.ts';
import { type ParityData, parseData, type Scenario } from './scenario.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const answersFile = (scenario: Scenario) => here(`answers/${scenario.name}.txt`);

/** The list of commands. @throws Error with every problem of it */
export async function loadData(): Promise<ParityData> {
  return parseData(await readFile(here('commands.yaml'), 'utf8'));
}

/** The recorded answers of a scenario; undefined when it was never recorded. */
export async function loadAnswers(scenario: Scenario): Promise<Answers | undefined> {
  const text = await readFile(answersFile(scenario), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseAnswers(text);
}

/**
 * Asks a cluster every command, one scenario after the other, and says how each went.
 *
 * @param say is given whole lines for a person
 * @throws Error when nothing can be compared: no kubectl of the release, no cluster, no such scenario
 */
export async function prove(
  options: Options & { readonly kubeconfig: string },
  say: (line: string) => void,
): Promise<Report> {
  const data = await loadData();
  const scenarios = scenariosOf(options, data);
  const differences = options.simulated ? data.differences : [];
  const declared = new Map(differences.map(({ command, reason }) => [command, reason]));
  const workdir = options.workdir ?? (await mkdtemp(join(tmpdir(), 'clusterbook-kubectl-')));
  await mkdir(workdir, { recursive: true });
  const kubeconfig = resolve(options.kubeconfig);
  try {
    const side: Side = { kubeconfig, workdir, facts: { kubernetes: await versionOf(kubeconfig) } };
    const outcomes: Outcome[] = [];
    const begun: Scenario[] = [];
    for (const scenario of scenarios) {
      if (scenario.alone) await waitUntilGone(begun, side);
      begun.push(scenario);
      const start = performance.now();
      const own = await runOne(scenario, side, options.record);
      outcomes.push(...own);
      const failures = own.filter(({ failure }) => failure !== undefined);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      say(`${scenario.name}: ${own.length - failures.length} of ${own.length} as recorded, ${seconds} s`);
      for (const { command, failure } of failures) {
        const run = scenario.commands.find(({ name }) => name === command)?.run ?? '';
        const reason = declared.get(command);
        if (reason !== undefined) say(`differs, as declared, ${command}: ${reason}`);
        else if (failure) say(formatFailure(command, run, failure));
      }
    }
    await waitUntilGone(begun, side);
    const commands = data.scenarios.reduce((sum, scenario) => sum + scenario.commands.length, 0);
    return reportOf(outcomes, differences, commands);
  } finally {
    if (options.workdir === undefined) await rm(workdir, { recursive: true, force: true });
  }
}

async function runOne(scenario: Scenario, side: Side, record: boolean): Promise<readonly Outcome[]> {
  const { kubernetes } = side.facts;
  const expected = record ? undefined : ((await loadAnswers(scenario)) ?? { kubernetes, answers: [] });
  const { outcomes, recorded } = await runScenario(scenario, side, expected);
  // A half-recorded scenario is none: its old answers stay.
  if (record && recorded.length === scenario.commands.length) {
    await writeFile(answersFile(scenario), formatAnswers({ kubernetes, answers: recorded }));
  }
  return outcomes;
}

function scenariosOf({ only }: Options, { scenarios }: ParityData): readonly Scenario[] {
  if (only.length === 0) return scenarios;
  const isMeant = (scenario: Scenario, name: string) =>
    scenario.name === name || scenario.commands.some((command) => command.name === name);
  const unknown = only.filter((name) => !scenarios.some((scenario) => isMeant(scenario, name)));
  if (unknown.length > 0) throw new Error(`No scenario and no command is called "${unknown.join('", "')}".`);
  return scenarios.filter((scenario) => only.some((name) => isMeant(scenario, name)));
}

/** The server's gitVersion. @throws Error when kubectl is not of the release taught, or the server does not answer */
async function versionOf(kubeconfig: string): Promise<string> {
  const client = await capture('kubectl', ['version', '--client']);
  if (client.status === 127) throw new Error('kubectl is not on the PATH.');
  if (!client.said.includes(`Client Version: v${release.kubernetes}.`)) {
    throw new Error(`kubectl must be of release ${release.kubernetes}; this one says: ${client.said.split('\n')[0]}`);
  }
  const server = await capture('kubectl', ['--kubeconfig', kubeconfig, 'get', '--raw', '/version']);
  const version = /"gitVersion": ?"(v[^"]+)"/.exec(server.said)?.[1];
  if (version === undefined) throw new Error(`the API server does not say its version: ${server.said}`);
  return version;
}
