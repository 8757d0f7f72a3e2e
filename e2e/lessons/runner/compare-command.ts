import type { Command, CommandBlock } from '#course/block/block.ts';
import { isUnrecorded } from '#course/block/block.ts';
import { withoutNoise } from '#course/matcher/client-noise.ts';
import { type Bindings, noBindings } from '#course/matcher/line-pattern.ts';
import { matchOutput } from '#course/matcher/match-output.ts';
import { rerecord } from '#course/matcher/rerecord.ts';
import { terminalLines } from '#course/matcher/terminal-lines.ts';
import { renameNodes } from '#course/node-names.ts';
import type { Cluster } from '../../kind/cluster.ts';
import type { Failure } from './page-result.ts';

/** What a run of a command showed, judged. */
export interface Judgement {
  readonly lines: readonly string[];
  readonly failure: Failure | undefined;
  /** False when the rest of the page depends on what did not happen. */
  readonly canGoOn: boolean;
  readonly recorded?: readonly string[];
  /** Identities known after this command, for the block's next one. */
  readonly bindings: Bindings;
}

/** What was seen of a command; `status` is undefined for one that was interrupted as it should be. */
export interface Seen {
  readonly output: string;
  readonly dropped: number;
  readonly status: number | undefined;
}

/** Compares a command's status and output with what the page says. With `update` the output is recorded instead of compared. */
export function judge(
  block: CommandBlock,
  command: Command,
  seen: Seen,
  cluster: Pick<Cluster, 'properties' | 'names' | 'hostNames'>,
  { update, bindings = noBindings }: { readonly update: boolean; readonly bindings?: Bindings },
): Judgement {
  const lines = withoutNoise(terminalLines(withNodeNames(seen.output, cluster.hostNames)));
  const verdict = (failure: Failure | undefined, canGoOn: boolean, more: Partial<Judgement> = {}): Judgement => ({
    lines,
    failure,
    canGoOn,
    bindings,
    ...more,
  });
  const status = statusProblem(block, seen.status);
  if (status !== undefined) {
    return verdict({ message: status, diff: lines.slice(-20).map((text) => ({ kind: 'extra', text })) }, false);
  }
  if (seen.dropped > 0) {
    const megabytes = ((seen.output.length + seen.dropped) / 1e6).toFixed(0);
    return verdict({ message: `it printed ${megabytes} MB: more than anybody reads or compares` }, true);
  }
  const expectation = {
    output: command.output.map((line) => renameNodes(line, cluster.names)),
    match: block.match,
    facts: cluster.properties,
    bindings,
  };
  if (update) {
    const { output, refused } = rerecord(expectation, lines);
    if (refused) {
      const message = `what is left out does not align any longer, so it was not recorded: ${refused.message}`;
      return verdict({ message, diff: refused.diff }, true);
    }
    return verdict(undefined, true, { recorded: output });
  }
  if (isUnrecorded(block)) {
    const message = 'this output was never recorded: run with --update on this cluster, and review what it records';
    return verdict({ message, diff: lines.map((text) => ({ kind: 'extra', text })) }, true);
  }
  const result = matchOutput(expectation, lines);
  return result.fits
    ? verdict(undefined, true, { bindings: result.bindings })
    : verdict({ message: result.mismatch.message, diff: result.mismatch.diff }, true);
}

/** Undefined when a status is the expected one. */
function statusProblem({ exit, follow }: CommandBlock, status: number | undefined): string | undefined {
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
function withNodeNames(text: string, hostNames: Cluster['hostNames']): string {
  return hostNames.reduce((named, [host, node]) => {
    const mention = new RegExp(`${host.replaceAll(/[.-]/g, '\\$&')}(?:([^\\s]*)( {2,}))?`, 'g');
    return named.replaceAll(mention, (_all, rest: string | undefined, gap: string | undefined) =>
      gap === undefined ? node : `${node}${rest ?? ''}${gap}${' '.repeat(Math.max(0, host.length - node.length))}`,
    );
  }, text);
}
