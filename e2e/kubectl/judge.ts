import { withoutNoise } from '#course/matcher/client-noise.ts';
import type { DiffLine } from '#course/matcher/expectation.ts';
import type { ClusterFacts } from '#course/matcher/line-pattern.ts';
import { matchOutput } from '#course/matcher/match-output.ts';
import { terminalLines } from '#course/matcher/terminal-lines.ts';
import { type Answer, isAnswerOf } from './answers.ts';
import type { Seen } from './run-command.ts';
import type { ParityCommand } from './scenario.ts';

/** Why an answer is not the recorded one. */
export interface Failure {
  readonly message: string;
  readonly diff: readonly DiffLine[];
}

/** The lines that are compared. */
export function linesOf(seen: Seen): string[] {
  return withoutNoise(terminalLines(seen.output));
}

/** Compares what a command answered with what was recorded; undefined when it is the same. */
export function judge(
  command: ParityCommand,
  answer: Answer | undefined,
  seen: Seen,
  facts: ClusterFacts,
): Failure | undefined {
  const lines = linesOf(seen);
  const all = lines.map((text): DiffLine => ({ kind: 'extra', text }));
  if (answer === undefined) return { message: 'it was never recorded: run with --record on a kind cluster', diff: all };
  if (!isAnswerOf(answer, command)) {
    return { message: 'another command was recorded under its name: run with --record on a kind cluster', diff: [] };
  }
  if (seen.status === undefined) return { message: `it took longer than ${command.timeout} s`, diff: all };
  const verdict = matchOutput({ output: answer.output, match: command.match, facts }, lines);
  if (!verdict.fits) return verdict.mismatch;
  if (seen.status !== answer.exit) {
    return { message: `it ended with status ${seen.status}, on the real cluster with ${answer.exit}`, diff: [] };
  }
  return undefined;
}
