import type { FilterPlugin, PodFilter, Rejection, Snapshot } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import type { Nominator } from './nominator.ts';
import { FILTERS } from './plugins/plugins.ts';
import type { PodInfo } from './pod-info.ts';

export type NodeVerdict = { readonly plugin: FilterPlugin; readonly rejection: Rejection } | undefined;

/** The question which nodes take a Pod, asked of all filters (runtime.RunFilterPluginsWithNominatedPods). */
export class Feasibility {
  readonly info: PodInfo;
  readonly #nominator: Nominator;
  readonly #prepare: () => readonly { readonly plugin: FilterPlugin; readonly filter: PodFilter }[];
  readonly #filters: readonly { readonly plugin: FilterPlugin; readonly filter: PodFilter }[];

  constructor(info: PodInfo, snapshot: Snapshot, nominator: Nominator) {
    this.info = info;
    this.#nominator = nominator;
    this.#prepare = () =>
      FILTERS.flatMap((plugin) => {
        const filter = plugin.prepare(info, snapshot);
        return filter ? [{ plugin, filter }] : [];
      });
    this.#filters = this.#prepare();
  }

  /** With the Pods that the node is kept for, and without: both must do. */
  check(node: NodeInfo): NodeVerdict {
    const rivals = this.#nominator.rivals(this.info, node);
    if (rivals.length > 0) {
      const trial = this.trial(node);
      for (const rival of rivals) trial.add(rival);
      const verdict = trial.check();
      if (verdict) return verdict;
    }
    return firstRejection(this.#filters, node);
  }

  /** A node to try on who comes and goes. */
  trial(node: NodeInfo): Trial {
    return new Trial(this.#prepare(), node.clone());
  }
}

/** A node as it would be with other Pods on it. */
export class Trial {
  readonly #filters: readonly { readonly plugin: FilterPlugin; readonly filter: PodFilter }[];
  readonly #node: NodeInfo;

  constructor(filters: readonly { readonly plugin: FilterPlugin; readonly filter: PodFilter }[], node: NodeInfo) {
    this.#filters = filters;
    this.#node = node;
  }

  add(info: PodInfo): void {
    this.#node.add(info);
    for (const { filter } of this.#filters) filter.update?.(info, this.#node, 1);
  }

  remove(info: PodInfo): void {
    this.#node.remove(info.pod.metadata.uid);
    for (const { filter } of this.#filters) filter.update?.(info, this.#node, -1);
  }

  check(): NodeVerdict {
    return firstRejection(this.#filters, this.#node);
  }
}

function firstRejection(
  filters: readonly { readonly plugin: FilterPlugin; readonly filter: PodFilter }[],
  node: NodeInfo,
): NodeVerdict {
  for (const { plugin, filter } of filters) {
    const rejection = filter.check(node);
    if (rejection) return { plugin, rejection };
  }
  return undefined;
}
