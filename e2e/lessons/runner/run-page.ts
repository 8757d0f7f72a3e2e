import type { Command, CommandBlock } from '#course/block/block.ts';
import type { Lesson } from '#course/lesson.ts';
import { type Bindings, noBindings } from '#course/matcher/line-pattern.ts';
import { renameNodes } from '#course/node-names.ts';
import type { Cluster } from '../../kind/cluster.ts';
import { compareSnapshots } from '../../kind/snapshot.ts';
import { CommandTimeout } from '../../terminal/terminal.ts';
import { whyNotApplicable } from './applicable.ts';
import { type Judgement, judge, type Seen } from './compare-command.ts';
import { nodeState } from './node-state.ts';
import type { BlockResult, CommandResult, Failure, Outcome, PageResult } from './page-result.ts';
import { type Session, Sessions, type Watchers } from './sessions.ts';

/** The page as a reader has it: what its buttons put on the clipboard. */
export interface ReaderPage {
  /** Clicks the command's own Copy button and returns what the clipboard holds. */
  copy(command: Command): Promise<string>;
  /** Clicks "Copy all" of a block of several commands. */
  copyAll(block: CommandBlock): Promise<string>;
}

export interface PageRun {
  readonly lesson: Lesson;
  readonly page: ReaderPage;
  readonly cluster: Cluster;
  readonly watchers: Watchers;
  /** Unique for the run: part of the session ids. */
  readonly runId: string;
  /** Record outputs instead of comparing them. */
  readonly update?: boolean;
  /** Wraps a block's run, for reports that show steps. */
  readonly step?: (title: string, body: () => Promise<BlockResult>) => Promise<unknown>;
  /** Milliseconds for nodes, system Pods and leftovers to settle, before and after. */
  readonly settle?: number;
}

const SETTLE = 120_000;
/** A Pod that is being deleted has 30 s of grace. */
const LEFTOVERS = 45_000;
const RETRY_GAP = 500;
const INTERRUPTED = 2_000;
const POLL = 250;

/** A step that cannot be taken, with the comparison that says why. */
class StepFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** A follow block whose command runs beside others. */
interface Following {
  readonly block: CommandBlock;
  readonly command: Command;
  readonly session: Session;
  readonly text: string;
  readonly since: number;
  /** Where its result goes. */
  readonly index: number;
}

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
  readonly #results: BlockResult[] = [];
  readonly #faults: string[] = [];
  readonly #following = new Map<string, Following>();
  #canGoOn = true;
  #gone: string | undefined;

  constructor(run: PageRun) {
    this.#run = run;
    this.#sessions = new Sessions(run.cluster, run.watchers, `${run.runId}.${run.lesson.slug}.`);
  }

  async run(): Promise<PageResult> {
    const { lesson, cluster, step = (_title, body) => body() } = this.#run;
    const start = performance.now();
    const unready = await this.#settle();
    if (unready.length > 0) this.#faults.push(`the page could not begin: ${unready.join('; ')}`);
    else {
      await cluster.forgetEvents();
      const before = await this.#state();
      for (const block of lesson.blocks) {
        await step(titleOf(block), () => this.#block(block));
        if (this.#gone !== undefined) break;
      }
      if (this.#gone === undefined) {
        await this.#endFollowing();
        this.#faults.push(...(await this.#sessions.close()));
        this.#faults.push(...(await this.#leftovers(before)));
      }
    }
    if (this.#faults.length > 0) this.#gone ??= await cluster.whyGone();
    if (this.#gone !== undefined) this.#faults.push(`the cluster is gone: ${this.#gone}`);
    for (const block of lesson.blocks.slice(this.#results.length)) this.#add(block, 'not reached', 0);
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

  async #block(block: CommandBlock): Promise<BlockResult> {
    const { cluster } = this.#run;
    if (block.skip !== undefined) return this.#add(block, 'skipped', 0, { reason: block.skip });
    const notApplicable = whyNotApplicable(block, cluster.properties);
    if (notApplicable !== undefined) return this.#add(block, 'not applicable', 0, { reason: notApplicable });
    if (!this.#canGoOn && !block.cleanup) return this.#add(block, 'not reached', 0);
    const start = performance.now();
    const commands: CommandResult[] = [];
    let failed = false;
    let bindings = noBindings;
    try {
      await this.#checkCopyAll(block);
      for (const command of block.commands) {
        const { result, judgement } = await this.#command(block, command, bindings);
        commands.push(result);
        bindings = judgement?.bindings ?? bindings;
        failed ||= result.failure !== undefined;
        if (result.failure && !judgement?.canGoOn) {
          this.#canGoOn = false;
          break;
        }
      }
    } catch (error) {
      failed = true;
      this.#canGoOn = false;
      const [command] = block.commands.slice(commands.length);
      commands.push(failedCommand(command, error instanceof StepFailed ? error.failure : { message: sentence(error) }));
    }
    if (failed) this.#gone = await cluster.whyGone();
    return this.#add(block, failed ? 'failed' : 'passed', (performance.now() - start) / 1000, { commands });
  }

  async #command(
    block: CommandBlock,
    command: Command,
    bindings: Bindings,
  ): Promise<{ result: CommandResult; judgement: Judgement | undefined }> {
    const { page, cluster, update = false } = this.#run;
    const text = await page.copy(command);
    const parsed = renameNodes(command.text, cluster.names);
    if (text !== parsed) {
      const diff: Failure['diff'] = [
        ...parsed.split('\n').map((line) => ({ kind: 'missing' as const, text: line })),
        ...text.split('\n').map((line) => ({ kind: 'extra' as const, text: line })),
      ];
      throw new StepFailed({ message: 'the clipboard holds something else than the lesson', diff });
    }
    const session = await this.#sessionFor(block);
    if (block.follow) return { result: await this.#follow(block, command, session, text), judgement: undefined };
    const deadline = performance.now() + (block.retry ?? 0);
    for (let tries = 1; ; tries += 1) {
      const start = performance.now();
      const seen = await this.#seen(session, text, block.timeout);
      const seconds = (performance.now() - start) / 1000;
      const judged = (record: boolean) =>
        'timeout' in seen ? undefined : judge(block, command, seen, cluster, { update: record, bindings });
      const compared = judged(false);
      if (performance.now() < deadline && (compared === undefined || compared.failure)) {
        // Recording waits for the state that the page shows, as comparing does: what comes first is the state before.
        await pause(RETRY_GAP);
        continue;
      }
      const judgement = update ? judged(true) : compared;
      const failure = 'timeout' in seen ? { message: seen.timeout } : judgement?.failure;
      const tried = tries > 1 ? ` (tried ${tries} times)` : '';
      return {
        result: {
          id: command.id,
          text,
          lines: judgement?.lines ?? [],
          status: 'timeout' in seen ? undefined : seen.status,
          tries,
          seconds,
          failure: failure && { ...failure, message: `${failure.message}${tried}` },
          ...(judgement?.recorded ? { recorded: judgement.recorded } : {}),
        },
        judgement,
      };
    }
  }

  /** Runs a command to its end; one that does not end in time is ended, with all that it started. */
  async #seen(session: Session, text: string, timeout: number): Promise<Seen | { timeout: string }> {
    try {
      return await session.terminal.run(text, timeout);
    } catch (error) {
      if (!(error instanceof CommandTimeout)) throw error;
      const said = error.output.trim().split('\n').slice(-3).join(' | ');
      await this.#sessions.endCommand(session);
      return { timeout: `${error.message}${said === '' ? ', and printed nothing' : `; it printed: ${said}`}` };
    }
  }

  /** The block's terminal, free: a command that was followed in it has ended. */
  async #sessionFor(block: CommandBlock): Promise<Session> {
    const session = await this.#sessions.at(block.on, block.terminal);
    const following = this.#following.get(session.id);
    if (following) await this.#endFollow(following);
    return this.#sessions.at(block.on, block.terminal);
  }

  /** Types a command that does not end, and returns once it runs: it waits for something to happen. */
  async #follow(block: CommandBlock, command: Command, session: Session, text: string): Promise<CommandResult> {
    const since = performance.now();
    session.terminal.type(text);
    this.#following.set(session.id, { block, command, session, text, since, index: this.#results.length });
    let over = false;
    void session.terminal.ended(block.timeout).then(
      () => (over = true),
      () => undefined,
    );
    await this.#sessions.waitUntilIdle(session, block.timeout, () => over);
    return { id: command.id, text, lines: [], status: undefined, tries: 1, seconds: 0, failure: undefined };
  }

  /** Waits for the text that must have been seen, interrupts, compares, and writes the result where the block stands. */
  async #endFollow(following: Following): Promise<void> {
    const { block, command, session, text, since, index } = following;
    const { cluster, update = false } = this.#run;
    this.#following.delete(session.id);
    const until = renameNodes(block.follow?.until ?? '', cluster.names);
    const seen = await session.terminal.prints(until, block.timeout);
    const output = session.terminal.printed;
    session.terminal.interrupt();
    let end: Seen = { output, dropped: 0, status: undefined };
    try {
      const { output: all, dropped } = await session.terminal.ended(INTERRUPTED);
      end = { output: all, dropped, status: undefined };
    } catch {
      await this.#sessions.endCommand(session);
    }
    const judgement = judge(block, command, end, cluster, { update });
    const failure: Failure | undefined = seen
      ? judgement.failure
      : {
          message: `${JSON.stringify(until)} was not printed within ${block.timeout / 1000} s`,
          diff: judgement.lines.slice(-20).map((line) => ({ kind: 'extra', text: line })),
        };
    const result: CommandResult = {
      id: command.id,
      text,
      lines: judgement.lines,
      status: undefined,
      tries: 1,
      seconds: (performance.now() - since) / 1000,
      failure,
      ...(judgement.recorded && seen ? { recorded: judgement.recorded } : {}),
    };
    const before = this.#results[index];
    if (before) this.#results[index] = { ...before, outcome: failure ? 'failed' : before.outcome, commands: [result] };
  }

  async #endFollowing(): Promise<void> {
    for (const following of [...this.#following.values()]) {
      try {
        await this.#endFollow(following);
      } catch (error) {
        this.#faults.push(`"${following.text}" could not be ended: ${sentence(error)}`);
      }
    }
  }

  async #checkCopyAll(block: CommandBlock): Promise<void> {
    if (block.commands.length < 2) return;
    const { page, cluster } = this.#run;
    const expected = block.commands.map((command) => renameNodes(command.text, cluster.names)).join('\n');
    if ((await page.copyAll(block)) !== expected) {
      throw new StepFailed({ message: '"Copy all" yields something else than the commands of the block' });
    }
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
    const deadline = performance.now() + Math.min(this.#run.settle ?? LEFTOVERS, LEFTOVERS);
    const unready = await this.#settle();
    if (unready.length > 0) return unready.map((each) => `after the page ${each}`);
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
  return {
    id: command?.id ?? '',
    text: command?.text ?? '',
    lines: [],
    status: undefined,
    tries: 1,
    seconds: 0,
    failure,
  };
}

/** `on cp1, terminal 2: break` */
function titleOf(block: CommandBlock): string {
  return `${block.id} (${block.on}${block.terminal === 2 ? ', terminal 2' : ''})`;
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
