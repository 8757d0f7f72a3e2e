import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterFacts } from '#course/matcher/line-pattern.ts';
import type { Answer, Answers } from './answers.ts';
import { type Failure, judge, linesOf } from './judge.ts';
import { type Asked, dropNamespace, freshNamespace, placeOf, SCRIPT, script, waitForNamespacesGone } from './place.ts';
import { recordable } from './record-rules.ts';
import { type Place, runCommand, type Seen } from './run-command.ts';
import type { ParityCommand, Scenario } from './scenario.ts';

/** The cluster that is asked, and a folder that is the run's own. */
export interface Side extends Asked {
  readonly facts: ClusterFacts;
}

/** What a command came to. */
export interface Outcome {
  readonly command: string;
  readonly failure: Failure | undefined;
}

/** A scenario's outcomes; with `record` also the answers. */
export interface ScenarioResult {
  readonly outcomes: readonly Outcome[];
  readonly recorded: readonly Answer[];
}

const PAUSE = 500;

/** Runs a scenario in its fresh namespace. With `expected` its answers are compared, without it they are recorded. */
export async function runScenario(
  scenario: Scenario,
  side: Side,
  expected: Answers | undefined,
): Promise<ScenarioResult> {
  const place = await placeOf(scenario.name, side);
  const outcomes: Outcome[] = [];
  const recorded: Answer[] = [];
  try {
    await freshNamespace(scenario.name, place);
    if (scenario.setup !== undefined) await script(scenario.setup, place);
    for (const command of scenario.commands) {
      if (command.before !== undefined) await script(command.before, place);
      const { failure, answer } = await ask(command, place, expected, side.facts);
      outcomes.push({ command: command.name, failure });
      if (answer) recorded.push(answer);
    }
  } catch (error) {
    // What comes after would speak of another state.
    const [first, ...others] = scenario.commands.slice(outcomes.length);
    if (first) outcomes.push({ command: first.name, failure: failureOf(error) });
    const message = `it was not reached: a script before "${first?.name}" failed`;
    for (const { name } of others) outcomes.push({ command: name, failure: { message, diff: [] } });
  } finally {
    if (scenario.cleanup !== undefined) await runCommand(scenario.cleanup, place, SCRIPT);
    await dropNamespace(scenario.name, place);
  }
  return { outcomes, recorded };
}

/** Waits until the namespaces of scenarios are gone. */
export async function waitUntilGone(scenarios: readonly Scenario[], side: Side): Promise<void> {
  await waitForNamespacesGone(
    scenarios.map(({ name }) => name),
    side,
  );
}

/** Compares a command with its answer, or records one. */
async function ask(
  command: ParityCommand,
  place: Place,
  expected: Answers | undefined,
  facts: ClusterFacts,
): Promise<{ readonly failure: Failure | undefined; readonly answer?: Answer }> {
  if (expected) return { failure: await compare(command, place, expected, facts) };
  try {
    return { failure: undefined, answer: await record(command, place, facts) };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

function failureOf(error: unknown): Failure {
  return { message: error instanceof Error ? error.message : String(error), diff: [] };
}

async function compare(
  command: ParityCommand,
  place: Place,
  { answers }: Answers,
  facts: ClusterFacts,
): Promise<Failure | undefined> {
  const answer = answers.find(({ name }) => name === command.name);
  let failure: Failure | undefined;
  await again(command, place, (seen) => {
    failure = judge(command, answer, seen, facts);
    return failure === undefined;
  });
  return failure;
}

async function record(command: ParityCommand, place: Place, facts: ClusterFacts): Promise<Answer> {
  const until = new RegExp(command.retry?.until ?? '', 's');
  const seen = await again(command, place, ({ output }) => until.test(output));
  if (seen.status === undefined) throw new Error(`it took longer than ${command.timeout} s`);
  if (!until.test(seen.output)) throw new Error(`it did not show what it waits for:\n${seen.output}`);
  const output = recordable(command, linesOf(seen));
  const answer = { name: command.name, run: command.run, exit: seen.status, output };
  const failure = judge(command, answer, seen, facts);
  if (failure) throw new Error(`its own answer would not match it: ${failure.message}`);
  return answer;
}

/** Runs a command until it is as wanted, or its time is over; what was seen last. */
async function again(command: ParityCommand, place: Place, isWanted: (seen: Seen) => boolean): Promise<Seen> {
  const end = performance.now() + (command.retry?.seconds ?? 0) * 1000;
  for (;;) {
    const seen = await runCommand(command.run, place, command.timeout * 1000);
    if (isWanted(seen) || performance.now() + PAUSE > end) return seen;
    await sleep(PAUSE);
  }
}
