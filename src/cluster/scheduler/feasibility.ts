import type { FilterPlugin, PodFilter, Rejection, Snapshot } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import type { Nominator } from './nominator.ts';
import { FILTERS } from './plugins/plugins.ts';
import type { PodInfo } from './pod-info.ts';

export interface NodeVerdict {
  readonly plugin: FilterPlugin;
  readonly rejection: Rejection;
}

interface Asked {
  readonly plugin: FilterPlugin;
  readonly filter: PodFilter;
}

/** The question which nodes take a Pod, asked of all filters (runtime.RunFilterPluginsWithNominatedPods). */
export class Feasibility {
  readonly info: PodInfo;
  readonly snapshot: Snapshot;
  readonly #nominator: Nominator;
  readonly #filters: readonly Asked[];
  /** Why no node at all can take the Pod. */
  readonly refusal: { readonly plugin: FilterPlugin; readonly message: string } | undefined;
  /** When no other nodes come into question, and who says so. */
  readonly only: { readonly plugin: FilterPlugin; readonly nodeNames: ReadonlySet<string> } | undefined;

  constructor(info: PodInfo, snapshot: Snapshot, nominator: Nominator) {
    this.info = info;
    this.snapshot = snapshot;
    this.#nominator = nominator;
    const prepared = FILTERS.map((plugin) => ({ plugin, answer: plugin.prepare(info, snapshot) }));
    for (const { plugin, answer } of prepared) {
      if (answer && 'refusal' in answer) this.refusal ??= { plugin, message: answer.refusal };
    }
    this.#filters = asked(prepared);
    const chooser = this.#filters.find(({ filter }) => filter.nodeNames);
    this.only = chooser?.filter.nodeNames && { plugin: chooser.plugin, nodeNames: chooser.filter.nodeNames };
  }

  /** With the Pods that the node is kept for, and without: both must do. */
  check(node: NodeInfo): NodeVerdict | undefined {
    if (this.#nominator.rivals(this.info, node).length > 0) return this.trial(node).check();
    return firstRejection(this.#filters, node);
  }

  /** A node to try on who comes and goes. */
  trial(node: NodeInfo): Trial {
    const filters = asked(FILTERS.map((plugin) => ({ plugin, answer: plugin.prepare(this.info, this.snapshot) })));
    return new Trial(filters, node.clone(), this.#nominator.rivals(this.info, node));
  }
}

/** A node as it would be with other Pods on it. */
export class Trial {
  readonly #filters: readonly Asked[];
  readonly #node: NodeInfo;
  readonly #rivals: readonly PodInfo[];

  constructor(filters: readonly Asked[], node: NodeInfo, rivals: readonly PodInfo[]) {
    this.#filters = filters;
    this.#node = node;
    this.#rivals = rivals;
  }

  add(info: PodInfo): void {
    this.#node.add(info);
    for (const { filter } of this.#filters) filter.update?.(info, this.#node, 1);
  }

  remove(info: PodInfo): void {
    this.#node.remove(info.pod.metadata.uid);
    for (const { filter } of this.#filters) filter.update?.(info, this.#node, -1);
  }

  check(): NodeVerdict | undefined {
    for (const rival of this.#rivals) this.add(rival);
    const verdict = firstRejection(this.#filters, this.#node);
    for (const rival of this.#rivals) this.remove(rival);
    return verdict ?? (this.#rivals.length > 0 ? firstRejection(this.#filters, this.#node) : undefined);
  }
}

function asked(
  prepared: readonly { readonly plugin: FilterPlugin; readonly answer: ReturnType<FilterPlugin['prepare']> }[],
): readonly Asked[] {
  return prepared.flatMap(({ plugin, answer }) => (answer && 'check' in answer ? [{ plugin, filter: answer }] : []));
}

function firstRejection(filters: readonly Asked[], node: NodeInfo): NodeVerdict | undefined {
  for (const { plugin, filter } of filters) {
    const rejection = filter.check(node);
    if (rejection) return { plugin, rejection };
  }
  return undefined;
}
