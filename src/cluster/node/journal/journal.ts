import type { Kernel } from '#kernel/kernel.ts';
import type { Journal, JournalEntry, JournalQuery } from '#machine/journal.ts';

/** So many entries are kept; then the older half goes, as journald does it by size. */
const LIMIT = 40_000;

/** The journal of a machine. Entries of one moment follow each other by some microseconds. */
export class MachineJournal implements Journal {
  readonly #kernel: Kernel;
  readonly #host: string;
  readonly #listeners = new Set<(entry: JournalEntry) => void>();
  #entries: JournalEntry[] = [];
  #last = 0;

  constructor(kernel: Kernel, host: string) {
    this.#kernel = kernel;
    this.#host = host;
  }

  write(entry: Omit<JournalEntry, 'at' | 'host'>): void {
    this.#last = Math.max(this.#last + 7, Math.floor(this.#kernel.now * 1000));
    const written: JournalEntry = { ...entry, at: this.#last, host: this.#host };
    if (this.#entries.length >= LIMIT) this.#entries = this.#entries.slice(LIMIT / 2);
    this.#entries.push(written);
    for (const listener of this.#listeners) listener(written);
  }

  /** Everything that is kept, for `restore`. */
  save(): readonly JournalEntry[] {
    return this.#entries;
  }

  restore(entries: readonly JournalEntry[]): void {
    this.#entries = [...entries];
    this.#last = entries.at(-1)?.at ?? 0;
  }

  query(query: JournalQuery): readonly JournalEntry[] {
    const { lines } = query;
    if (lines === undefined) return this.#entries.filter((entry) => matches(entry, query));
    const found: JournalEntry[] = [];
    for (let index = this.#entries.length - 1; index >= 0 && found.length < lines; index -= 1) {
      const entry = this.#entries[index];
      if (entry && matches(entry, query)) found.push(entry);
    }
    return found.reverse();
  }

  follow(query: JournalQuery, listener: (entry: JournalEntry) => void): () => void {
    const tell = (entry: JournalEntry) => {
      if (matches(entry, query)) listener(entry);
    };
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  }
}

function matches(entry: JournalEntry, { units, identifiers, priority, since, until }: JournalQuery): boolean {
  if (units && !(entry.unit !== undefined && units.includes(entry.unit))) return false;
  if (identifiers && !identifiers.includes(entry.identifier)) return false;
  if (priority !== undefined && entry.priority > priority) return false;
  if (since !== undefined && entry.at < since) return false;
  return until === undefined || entry.at <= until;
}
