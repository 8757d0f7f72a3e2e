import { type Location, locations } from '#course/block/block.ts';
import type { Cluster } from '../../kind/cluster.ts';
import { SessionProcesses } from '../../terminal/session-processes.ts';
import { CommandTimeout, Terminal } from '../../terminal/terminal.ts';

const AFTER_INTERRUPT = 2_000;
const AFTER_KILL = 5_000;

/** A terminal of the page: one bash, kept as long as the page. */
export interface Session {
  /** Begins with the page's prefix; every process started in it carries it. */
  readonly id: string;
  readonly place: Location;
  readonly terminal: Terminal;
}

/** Sees and ends processes, a shell for each place; opened when first needed, shared by all pages of a run. */
export class Watchers {
  readonly #cluster: Cluster;
  readonly #open = new Map<Location, Promise<SessionProcesses>>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  at(place: Location): Promise<SessionProcesses> {
    const known = this.#open.get(place);
    if (known) return known;
    const opened = SessionProcesses.open(this.#cluster.serviceShellOf(place));
    this.#open.set(place, opened);
    return opened;
  }

  async close(): Promise<void> {
    for (const opened of this.#open.values()) (await opened.catch(() => undefined))?.close();
    this.#open.clear();
  }
}

/** The terminals of one page. */
export class Sessions {
  readonly #cluster: Cluster;
  readonly #watchers: Watchers;
  readonly #prefix: string;
  readonly #sessions = new Map<string, Session>();

  /** @param prefix unique for the page and the run, ends in a dot */
  constructor(cluster: Cluster, watchers: Watchers, prefix: string) {
    this.#cluster = cluster;
    this.#watchers = watchers;
    this.#prefix = prefix;
  }

  /** The page's terminal at a place; a new one where the old one's shell ended. */
  async at(place: Location, number: 1 | 2): Promise<Session> {
    const id = `${this.#prefix}${place}.${number}`;
    const known = this.#sessions.get(id);
    if (known?.terminal.isOpen) return known;
    const terminal = await Terminal.open(this.#cluster.shellOf(place), id);
    const session = { id, place, terminal };
    this.#sessions.set(id, session);
    return session;
  }

  /** Waits until what runs in a terminal waits for something to happen. */
  async waitUntilIdle(session: Session, milliseconds: number, ended: () => boolean): Promise<boolean> {
    const watcher = await this.#watchers.at(session.place);
    return watcher.waitUntilIdle(session.id, session.terminal.shellPid, milliseconds, ended);
  }

  /** Ctrl+C first; what does not heed it is ended, with all else that the terminal started. The terminal is usable after it. */
  async endCommand({ id, place, terminal }: Session): Promise<void> {
    const watcher = await this.#watchers.at(place);
    const heeded = await over(terminal.interrupt(AFTER_INTERRUPT));
    await watcher.end(id, terminal.shellPid);
    if (heeded || (await over(terminal.ended(AFTER_KILL)))) {
      if (!terminal.isOpen) return;
      // What the shell has to say of the jobs that were ended belongs to no other command.
      terminal.type('wait');
      if (await over(terminal.ended(AFTER_KILL))) return;
    }
    // The shell itself is stuck. The next command gets a new one.
    await watcher.end(id);
    terminal.close();
  }

  /**
   * Closes every terminal, ends what they left running, and looks at every place.
   *
   * @returns a sentence for each process that is there even so
   */
  async close(): Promise<string[]> {
    const used = new Set([...this.#sessions.values()].map((session) => session.place));
    for (const { terminal } of this.#sessions.values()) terminal.close();
    this.#sessions.clear();
    const stayed: string[] = [];
    for (const place of locations.filter((each) => used.has(each))) {
      const watcher = await this.#watchers.at(place);
      const prefix = `${this.#prefix}${place}.`;
      await watcher.end(prefix);
      for (const line of await watcher.list(prefix)) stayed.push(`a process stayed on ${place}: ${line.trim()}`);
    }
    return stayed;
  }
}

async function over(end: Promise<unknown>): Promise<boolean> {
  try {
    await end;
    return true;
  } catch (error) {
    // A closed shell has ended too.
    return !(error instanceof CommandTimeout);
  }
}
