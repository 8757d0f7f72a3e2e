import { type Command, type CommandBlock, isUnrecorded } from '#course/block/block.ts';
import {
  judge as compare,
  expectationOf,
  type Judgement,
  type RanOn,
  type Seen,
  statusProblem,
} from '#course/matcher/judge.ts';
import { type Bindings, noBindings } from '#course/matcher/line-pattern.ts';
import { rerecord } from '#course/matcher/rerecord.ts';
import type { Cluster } from '../../kind/cluster.ts';

/** A judgement; with `update` what was recorded in place of comparing. */
export interface Judged extends Judgement {
  readonly recorded?: readonly string[];
}

/** Compares a command's status and output with what the page says. With `update` the output is recorded instead of compared. */
export function judge(
  block: CommandBlock,
  command: Command,
  seen: Seen,
  cluster: Pick<Cluster, 'properties' | 'names' | 'hostNames'>,
  { update, bindings = noBindings }: { readonly update: boolean; readonly bindings?: Bindings },
): Judged {
  const ranOn: RanOn = { facts: cluster.properties, names: cluster.names, hostNames: cluster.hostNames };
  const judgement = compare(block, command, seen, ranOn, bindings);
  if (statusProblem(block, seen.status) !== undefined || seen.dropped > 0) return judgement;
  if (!update) return isUnrecorded(block) ? withCure(judgement) : judgement;
  const { output, refused } = rerecord(expectationOf(block, command, ranOn, bindings), judgement.lines);
  if (refused) {
    const message = `what is left out does not align any longer, so it was not recorded: ${refused.message}`;
    return { ...judgement, bindings, failure: { message, diff: refused.diff } };
  }
  return { ...judgement, bindings, failure: undefined, recorded: output };
}

function withCure(judgement: Judgement): Judgement {
  const message = `${judgement.failure?.message}: run with --update on this cluster, and review what it records`;
  return { ...judgement, failure: { ...judgement.failure, message } };
}
