import { type Command, type CommandBlock, isUnrecorded } from '../block/block.ts';
import { type NodeNames, renameNodes } from '../node-names.ts';
import { withoutNoise } from './client-noise.ts';
import type { Mismatch } from './expectation.ts';
import { type Bindings, type ClusterFacts, noBindings } from './line-pattern.ts';
import { matchOutput } from './match-output.ts';
import { terminalLines } from './terminal-lines.ts';

/** Why a command failed: one sentence, and the comparison when its output differs. */
export interface Failure {
  readonly message: string;
  readonly diff?: Mismatch['diff'];
}

/** What was seen of a command; `status` is undefined for one that was interrupted as it should be. */
export interface Seen {
  /** As the terminal got it. */
  readonly output: string;
  /** So many characters of it were thrown away, since nobody could read them. */
  readonly dropped: number;
  readonly status: number | undefined;
}

/** The cluster on which a command ran. */
export interface RanOn {
  readonly facts: ClusterFacts;
  readonly names: NodeNames;
  /** What machines call themselves, and the node that it is, where the two differ. */
  readonly hostNames: readonly (readonly [host: string, node: string])[];
}

/** What a run of a command showed, judged. */
export interface Judgement {
  readonly lines: readonly string[];
  readonly failure: Failure | undefined;
  /** False when the rest of the page depends on what did not happen. */
  readonly canGoOn: boolean;
  /** Identities known after this command, for the block's next one. */
  readonly bindings: Bindings;
}

const SHOWN_LINES = 20;

/** Compares a command's status and output with what its page says. */
export function judge(
  block: CommandBlock,
  command: Command,
  seen: Seen,
  ranOn: RanOn,
  bindings: Bindings = noBindings,
): Judgement {
  const lines = shownLines(seen, ranOn);
  const verdict = (failure: Failure | undefined, canGoOn = true, known = bindings): Judgement => ({
    lines,
    failure,
    canGoOn,
    bindings: known,
  });
  const problem = statusProblem(block, seen.status);
  if (problem !== undefined) return verdict({ message: problem, diff: asExtra(lines.slice(-SHOWN_LINES)) }, false);
  if (seen.dropped > 0) {
    const megabytes = ((seen.output.length + seen.dropped) / 1e6).toFixed(0);
    return verdict({ message: `it printed ${megabytes} MB: more than anybody reads or compares` });
  }
  if (isUnrecorded(block)) return verdict({ message: 'this output was never recorded', diff: asExtra(lines) });
  const result = matchOutput(expectationOf(block, command, ranOn, bindings), lines);
  return result.fits
    ? verdict(undefined, true, result.bindings)
    : verdict({ message: result.mismatch.message, diff: result.mismatch.diff });
}

/** What its page says of a command's output, on this cluster. */
export function expectationOf(block: CommandBlock, command: Command, { names, facts }: RanOn, bindings: Bindings) {
  return { output: command.output.map((line) => renameNodes(line, names)), match: block.match, facts, bindings };
}

/** The lines that are compared: as a terminal shows them, machines called by their nodes' names. */
function shownLines({ output }: Seen, { hostNames }: RanOn): readonly string[] {
  return withoutNoise(terminalLines(withNodeNames(output, hostNames)));
}

function asExtra(lines: readonly string[]): Mismatch['diff'] {
  return lines.map((text) => ({ kind: 'extra', text }));
}

/** Undefined when a status is the expected one. */
export function statusProblem({ exit, follow }: CommandBlock, status: number | undefined): string | undefined {
  if (follow) return undefined;
  const isExpected = exit === 'nonzero' ? status !== 0 : status === exit;
  if (isExpected) return undefined;
  const wanted = exit === 'nonzero' ? 'a status other than 0' : `status ${exit}`;
  return `it ended with status ${status}, expected was ${wanted}`;
}

/**
 * Machines name themselves in journals and leases; pages know them by their nodes. Where a name stands in a column, the gap after it
 * grows by what the name lost, so that columns stay where they are.
 */
function withNodeNames(text: string, hostNames: RanOn['hostNames']): string {
  return hostNames.reduce((named, [host, node]) => {
    const mention = new RegExp(`${host.replaceAll(/[.-]/g, '\\$&')}(?:([^\\s]*)( {2,}))?`, 'g');
    return named.replaceAll(mention, (_all, rest: string | undefined, gap: string | undefined) =>
      gap === undefined ? node : `${node}${rest ?? ''}${gap}${' '.repeat(Math.max(0, host.length - node.length))}`,
    );
  }, text);
}
