import type { Node } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { NodeAction, PodAction } from '../cluster-event.ts';
import type { FilterPlugin, Rejector, Snapshot } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { podInfo } from '../pod-info.ts';
import { snapshot } from '../test-harness.ts';

/** What a filter says of each node: the reasons, with a mark where less on the node would help; `ok` where it takes the Pod. For tests alone. */
export function verdicts(
  plugin: FilterPlugin,
  pod: Pod,
  nodes: readonly NodeInfo[],
  more: Partial<Snapshot> = {},
): readonly string[] {
  const answer = plugin.prepare(podInfo(pod), snapshot(nodes, more));
  if (answer && 'refusal' in answer) return [`refused: ${answer.refusal}`];
  return nodes.map((node) => {
    const rejection = answer?.check(node);
    return rejection ? `${rejection.reasons.join(', ')}${rejection.isResolvable ? ' (resolvable)' : ''}` : 'ok';
  });
}

/** Whether a change of a Pod brings back a Pod that the plugin rejected; undefined when the plugin does not care. For tests alone. */
export function podHelps(
  plugin: Rejector,
  waiting: Pod,
  action: PodAction,
  now: Pod | undefined,
  before?: Pod,
): boolean | undefined {
  return plugin.helpedBy.Pod?.[action]?.({ now, before }, podInfo(waiting));
}

/** The same of a node. For tests alone. */
export function nodeHelps(
  plugin: Rejector,
  waiting: Pod,
  action: NodeAction,
  now: Node | undefined,
  before?: Node,
): boolean | undefined {
  return plugin.helpedBy.Node?.[action]?.({ now, before }, podInfo(waiting));
}
