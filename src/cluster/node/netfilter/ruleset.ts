import type { Chain, Netfilter, Rule, Table } from '#machine/netfilter.ts';
import { ruleText } from '#machine/rule-text.ts';

const BUILT_IN: Readonly<Record<Table, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
};

/** As they are at first, in every network namespace. */
const EMPTY: ReadonlyMap<Table, ReadonlyMap<string, Chain>> = new Map(
  Object.entries(BUILT_IN).map(([table, names]) => [
    table as Table,
    new Map(names.map((name) => [name, { name, policy: 'ACCEPT', rules: [] }] as const)),
  ]),
);

/** All chains of all tables, of a saved machine. */
export type RulesetState = readonly (readonly [table: Table, chains: readonly Chain[]])[];

/** The tables of a network namespace, empty at first. */
export class Ruleset implements Netfilter {
  /** Those that were changed. */
  readonly #tables = new Map<Table, Map<string, Chain>>();
  /** Grows with each change: what was decided by other rules counts no more. */
  #generation = 0;

  save(): RulesetState {
    return [...this.#tables].map(([table, chains]) => [table, [...chains.values()]]);
  }

  restore(saved: RulesetState): void {
    for (const [table, chains] of saved) for (const chain of chains) this.#set(table, chain);
  }

  get generation(): number {
    return this.#generation;
  }

  chains(table: Table): readonly Chain[] {
    const all = [...this.#of(table).values()];
    const own = all.filter(({ policy }) => policy === undefined);
    return [...all.filter(({ policy }) => policy !== undefined), ...own.sort((a, b) => (a.name < b.name ? -1 : 1))];
  }

  chain(table: Table, name: string): Chain | undefined {
    return this.#of(table).get(name);
  }

  setChain(table: Table, name: string, rules: readonly Rule[]): void {
    const before = this.chain(table, name);
    this.#set(table, { name, ...(before?.policy && { policy: before.policy }), rules });
  }

  deleteChain(table: Table, name: string): void {
    if (this.chain(table, name)?.policy) throw new Error(`the chain ${name} is built in`);
    this.#own(table).delete(name);
    this.#generation += 1;
  }

  ensureRule(table: Table, name: string, rule: Rule, place: 'first' | 'last'): void {
    const chain = this.chain(table, name);
    if (!chain) throw new Error(`there is no chain ${name} in the table ${table}`);
    const text = ruleText(name, rule);
    if (chain.rules.some((each) => ruleText(name, each) === text)) return;
    const rules = place === 'first' ? [rule, ...chain.rules] : [...chain.rules, rule];
    this.#set(table, { ...chain, rules });
  }

  #set(table: Table, chain: Chain): void {
    this.#own(table).set(chain.name, chain);
    this.#generation += 1;
  }

  #of(table: Table): ReadonlyMap<string, Chain> {
    return this.#tables.get(table) ?? EMPTY.get(table) ?? new Map();
  }

  #own(table: Table): Map<string, Chain> {
    const own = this.#tables.get(table) ?? new Map(EMPTY.get(table));
    this.#tables.set(table, own);
    return own;
  }
}
