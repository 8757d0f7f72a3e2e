import type { Command, CommandBlock, Location } from '#course/block/block.ts';
import { type Judgement, judge, type RanOn } from '#course/matcher/judge.ts';
import { type Bindings, noBindings } from '#course/matcher/line-pattern.ts';
import { type NodeNames, renameNodes } from '#course/node-names.ts';
import type { Ran } from '../tab/shell-state.ts';
import { type Tab, TabClosed } from '../tab/tab.ts';
import type { RunState } from './run-state.ts';

/** A command of a block, to be run as its page says. */
export interface Job {
  /** The page's address: ids of blocks are unique in it. */
  readonly page: string;
  readonly block: CommandBlock;
  readonly command: Command;
  readonly onState: (state: RunState) => void;
}

export interface RunnerOptions {
  /** The terminal of a place, opened when there is none. @throws Error when the lab does not begin */
  readonly tabAt: (place: Location, number: number) => Promise<Tab>;
  /** The cluster that runs now. */
  readonly cluster: () => { readonly names: NodeNames; readonly kubernetes: string };
  /** Simulated seconds to one of real time. */
  readonly speed: () => number;
}

interface Following {
  readonly job: Job;
  readonly tab: Tab;
}

/** Real milliseconds between two tries, without a new line before a followed command counts as waiting, for what it must have shown. */
const RETRY_GAP = 500;
const QUIET = 600;
const POLL = 100;
const LAST_WORDS = 3_000;
const HINT = 1_500;

/**
 * Runs commands of pages in the terminals of the lab, one after the other, in the order in which they were asked for: as a reader does who
 * presses Run down the page, and as the proof on a real cluster does.
 */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #following = new Map<string, Following>();
  readonly #bindings = new Map<string, Bindings>();
  readonly #stops = new Map<Job, AbortController>();
  #queue: Promise<void> = Promise.resolve();

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** Settles when the command has ended, or when a followed one runs. It never throws: what went wrong is a state. */
  run(job: Job): Promise<void> {
    const stop = new AbortController();
    this.#stops.set(job, stop);
    job.onState({ kind: 'queued' });
    const turn = this.#queue.then(() => this.#turn(job, stop.signal));
    this.#queue = turn;
    return turn;
  }

  /** Ctrl+C for what runs; what waits for its turn is not run. */
  async stop(job: Job): Promise<void> {
    const following = [...this.#following.values()].find((other) => other.job === job);
    if (following) await this.#endFollowing(following);
    else this.#stops.get(job)?.abort(new Error('stopped'));
  }

  /** The lab began anew: nothing runs any more. */
  forget(): void {
    for (const { job } of this.#following.values()) job.onState({ kind: 'stopped', why: 'The lab began anew.' });
    this.#following.clear();
    this.#bindings.clear();
  }

  async #turn(job: Job, signal: AbortSignal): Promise<void> {
    let tab: Tab | undefined;
    try {
      signal.throwIfAborted();
      tab = await this.#options.tabAt(job.block.on, job.block.terminal);
      const following = this.#following.get(tab.id);
      if (following) await this.#endFollowing(following);
      await this.#free(tab, job, signal);
      if (job.block.follow) await this.#follow(tab, job, signal);
      else await this.#runToEnd(tab, job, signal);
    } catch (error) {
      if (signal.aborted && tab?.shell.activity === 'running') tab.interrupt();
      const isStopped = signal.aborted || error instanceof TabClosed;
      job.onState({ kind: 'stopped', why: isStopped ? 'Stopped.' : message(error) });
    } finally {
      this.#stops.delete(job);
    }
  }

  /** Waits for the prompt; after a moment the page says what is in the way. */
  async #free(tab: Tab, job: Job, signal: AbortSignal): Promise<void> {
    const hint = setTimeout(() => {
      if (tab.shell.activity !== 'starting') job.onState({ kind: 'waiting', why: obstacle(tab) });
    }, HINT);
    try {
      await tab.free(signal);
    } finally {
      clearTimeout(hint);
    }
  }

  async #runToEnd(tab: Tab, job: Job, signal: AbortSignal): Promise<void> {
    const { block, command } = job;
    const key = `${job.page}#${block.id}`;
    const isFirst = block.commands[0]?.id === command.id;
    const bindings = isFirst ? noBindings : (this.#bindings.get(key) ?? noBindings);
    const end = performance.now() + (block.retry ?? 0) / Math.max(this.#options.speed(), 0.01);
    for (let tries = 1; ; tries += 1) {
      job.onState(tries === 1 ? { kind: 'running' } : { kind: 'again', tries });
      await tab.start(this.#text(command), signal);
      const ran = await tab.ended(signal);
      const judgement = this.#judge(job, ran, bindings);
      if (judgement.failure && performance.now() < end) {
        await pause(RETRY_GAP / Math.max(this.#options.speed(), 1), signal);
        continue;
      }
      this.#bindings.set(key, judgement.bindings);
      job.onState({ kind: 'done', judgement, status: ran.status });
      return;
    }
  }

  /** Types a command that does not end, and returns once it waits for something to happen. */
  async #follow(tab: Tab, job: Job, signal: AbortSignal): Promise<void> {
    job.onState({ kind: 'running' });
    await tab.start(this.#text(job.command), signal);
    const begun = performance.now();
    while (!tab.shell.isFree && (tab.shell.quietFor < QUIET || performance.now() - begun < QUIET))
      await pause(POLL, signal);
    if (tab.shell.isFree) {
      const { ran } = tab.shell;
      job.onState({ kind: 'done', judgement: this.#judge(job, ran, noBindings), status: ran.status });
      return;
    }
    this.#following.set(tab.id, { job, tab });
    job.onState({ kind: 'following' });
  }

  async #endFollowing({ job, tab }: Following): Promise<void> {
    if (!this.#following.delete(tab.id)) return;
    const until = renameNodes(job.block.follow?.until ?? '', this.#options.cluster().names);
    const signal = AbortSignal.timeout(LAST_WORDS);
    await tab.shell
      .until(() => tab.shell.isFree || tab.shell.ran.output.includes(until), signal)
      .catch(() => undefined);
    if (!tab.shell.isFree) tab.interrupt();
    try {
      const { output: all, dropped } = await tab.ended(AbortSignal.timeout(LAST_WORDS));
      // The terminal shows the keys that ended it.
      const output = all.replace(/\^C\s*$/, '');
      const judgement = this.#judge(job, { output, dropped, status: undefined }, noBindings);
      const isSeen = output.includes(until);
      const failure =
        judgement.failure ?? (isSeen ? undefined : { message: `${JSON.stringify(until)} was not printed` });
      job.onState({ kind: 'done', judgement: { ...judgement, failure }, status: undefined });
    } catch (error) {
      job.onState({ kind: 'stopped', why: message(error) });
    }
  }

  #text(command: Command): string {
    return renameNodes(command.text, this.#options.cluster().names);
  }

  #judge({ block, command }: Job, ran: Ran, bindings: Bindings): Judgement {
    const { names, kubernetes } = this.#options.cluster();
    const ranOn: RanOn = { facts: { kubernetes }, names, hostNames: [] };
    return judge(block, command, ran, ranOn, bindings);
  }
}

function obstacle(tab: Tab): string {
  if (tab.shell.isInside)
    return 'Another shell runs in this terminal (ssh, sudo -i, bash). Leave it with “exit”; then this goes on.';
  return 'A command runs in this terminal. When it has ended (Ctrl+C ends most), this goes on.';
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
