import type { Command, CommandBlock } from '#course/block/block.ts';
import type { Failure } from '#course/matcher/judge.ts';
import { noBindings } from '#course/matcher/line-pattern.ts';
import { compareSnapshots } from '../../kind/snapshot.ts';
import { whyNotApplicable } from './applicable.ts';
import { checkCopyAll, copied } from './clipboard.ts';
import { Follows } from './follows.ts';
import { nodeState } from './node-state.ts';
import type { BlockResult, CommandResult, Outcome, PageResult } from './page-result.ts';
import { type PageRun, pause, StepFailed, sentence } from './page-run.ts';
import { runCommand } from './run-command.ts';
import { type Session, Sessions } from './sessions.ts';

const SETTLE = 120_000;
/** A Pod that is being deleted has 30 s of grace. */
const LEFTOVERS = 45_000;
const POLL = 250;

/**
 * Runs every block of a page as a reader would: copy, paste, compare. A wrong output is reported and the page goes on; after a wrong
 * status or a timeout only `cleanup` blocks are run. After the page the cluster must be what it was before.
 */
export async function runPage(run: PageRun): Promise<PageResult> {
  return new PageRunner(run).run();
}

class PageRunner {
  readonly #run: PageRun;
  readonly #sessions: Sessions;
  readonly #follows: Follows;
  readonly #results: BlockResult[] = [];
  readonly #faults: string[] = [];
  #canGoOn = true;
  #gone: string | undefined;

  constructor(run: PageRun) {
    this.#run = run;
    this.#sessions = new Sessions(run.cluster, run.watchers, `${run.runId}.${run.lesson.slug}.`);
    this.#follows = new Follows(run, this.#sessions);
  }

  async run(): Promise<PageResult> {
    const { lesson, cluster } = this.#run;
    const start = performance.now();
    try {
      const unready = await this.#settle();
      if (unready.length > 0) this.#faults.push(`the page could not begin: ${unready.join('; ')}`);
      else await this.#blocksAndLeftovers();
    } catch (error) {
      this.#faults.push(sentence(error));
    }
    if (this.#faults.length > 0) this.#gone ??= await cluster.whyGone();
    if (this.#gone !== undefined) this.#faults.push(`the cluster is gone: ${this.#gone}`);
    for (const block of lesson.blocks.slice(this.#results.length)) this.#add(block, 'not reached', 0);
    // Where the cluster is gone, so are the processes on its nodes.
    await this.#sessions.close().catch(() => undefined);
    return {
      url: lesson.url,
      file: lesson.file,
      seconds: (performance.now() - start) / 1000,
      blocks: this.#results,
      faults: this.#faults,
      clusterGone: this.#gone !== undefined,
    };
  }

  async #blocksAndLeftovers(): Promise<void> {
    const { lesson, cluster, step = (_title, body) => body() } = this.#run;
    await cluster.forgetEvents();
    const before = await this.#state();
    for (const block of lesson.blocks) {
      await step(titleOf(block), () => this.#block(block));
      if (this.#gone !== undefined) return;
    }
    for (const ended of await this.#follows.endAll()) this.#settleFollow(ended.block, ended.result);
    this.#faults.push(...(await this.#sessions.close()), ...(await this.#leftovers(before)));
  }

  async #block(block: CommandBlock): Promise<BlockResult> {
    const { cluster } = this.#run;
    if (block.skip !== undefined) return this.#add(block, 'skipped', 0, { reason: block.skip });
    const notApplicable = whyNotApplicable(block, cluster.properties);
    if (notApplicable !== undefined) return this.#add(block, 'not applicable', 0, { reason: notApplicable });
    if (!this.#canGoOn && !block.cleanup) return this.#add(block, 'not reached', 0);
    const start = performance.now();
    const commands: CommandResult[] = [];
    try {
      await this.#commands(block, commands);
    } catch (error) {
      this.#canGoOn = false;
      const failure = error instanceof StepFailed ? error.failure : { message: sentence(error) };
      commands.push(failedCommand(block.commands[commands.length], failure));
    }
    const failed = commands.some((command) => command.failure !== undefined);
    if (failed) this.#gone = await cluster.whyGone();
    return this.#add(block, failed ? 'failed' : 'passed', (performance.now() - start) / 1000, { commands });
  }

  /** Runs a block's commands into `results`, up to one that the rest depends on. @throws StepFailed, TerminalClosed */
  async #commands(block: CommandBlock, results: CommandResult[]): Promise<void> {
    let bindings = noBindings;
    await checkCopyAll(this.#run, block);
    for (const command of block.commands) {
      const text = await copied(this.#run, command);
      const session = await this.#sessionFor(block);
      if (block.follow) {
        results.push(await this.#follows.start(block, command, session, text));
        continue;
      }
      const { result, judgement } = await runCommand(
        this.#run,
        this.#sessions,
        session,
        block,
        command,
        text,
        bindings,
      );
      results.push(result);
      bindings = judgement?.bindings ?? bindings;
      if (result.failure && !judgement?.canGoOn) {
        this.#canGoOn = false;
        return;
      }
    }
  }

  /** The block's terminal, free: a command that was followed in it has ended. */
  async #sessionFor(block: CommandBlock): Promise<Session> {
    const session = await this.#sessions.at(block.on, block.terminal);
    const ended = await this.#follows.endIn(session);
    if (!ended) return session;
    this.#settleFollow(ended.block, ended.result);
    return this.#sessions.at(block.on, block.terminal);
  }

  /** What became of a followed command goes where its block stands. */
  #settleFollow(id: string, result: CommandResult): void {
    const index = this.#results.findIndex((block) => block.id === id);
    const block = this.#results[index];
    if (block)
      this.#results[index] = { ...block, outcome: result.failure ? 'failed' : block.outcome, commands: [result] };
  }

  #settle(): Promise<string[]> {
    return this.#run.cluster.settle(this.#run.settle ?? SETTLE);
  }

  async #state(): Promise<ReadonlySet<string>> {
    const [objects, nodes] = await Promise.all([this.#run.cluster.snapshot(), nodeState(this.#run.watchers)]);
    return new Set([...objects, ...nodes]);
  }

  /** What differs from before, once what is being deleted is gone and all is Ready. */
  async #leftovers(before: ReadonlySet<string>): Promise<string[]> {
    const unready = await this.#settle();
    if (unready.length > 0) return unready.map((each) => `after the page ${each}`);
    const deadline = performance.now() + Math.min(this.#run.settle ?? LEFTOVERS, LEFTOVERS);
    for (;;) {
      const differences = compareSnapshots(before, await this.#state());
      if (differences.length === 0 || performance.now() > deadline) return differences;
      await pause(POLL);
    }
  }

  #add(block: CommandBlock, outcome: Outcome, seconds: number, more: Partial<BlockResult> = {}): BlockResult {
    const result = { id: block.id, outcome, seconds, commands: [], ...more };
    this.#results.push(result);
    return result;
  }
}

function failedCommand(command: Command | undefined, failure: Failure): CommandResult {
  const { id = '', text = '' } = command ?? {};
  return { id, text, lines: [], status: undefined, tries: 1, seconds: 0, failure };
}

/** `break (cp1, terminal 2)` */
function titleOf(block: CommandBlock): string {
  return `${block.id} (${block.on}${block.terminal === 2 ? ', terminal 2' : ''})`;
}
