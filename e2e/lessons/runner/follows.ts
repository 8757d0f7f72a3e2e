import type { Command, CommandBlock } from '#course/block/block.ts';
import type { Failure, Seen } from '#course/matcher/judge.ts';
import { renameNodes } from '#course/node-names.ts';
import { judge } from './compare-command.ts';
import type { CommandResult } from './page-result.ts';
import { type PageRun, sentence } from './page-run.ts';
import type { Session, Sessions } from './sessions.ts';

const INTERRUPTED = 2_000;
const SHOWN_LINES = 20;

/** A follow block whose command runs beside others. */
interface Following {
  readonly block: CommandBlock;
  readonly command: Command;
  readonly session: Session;
  readonly text: string;
  readonly since: number;
}

/** The commands of a page that do not end: started by their blocks, ended by the next block of their terminal or by the page's end. */
export class Follows {
  readonly #run: PageRun;
  readonly #sessions: Sessions;
  readonly #running = new Map<string, Following>();

  constructor(run: PageRun, sessions: Sessions) {
    this.#run = run;
    this.#sessions = sessions;
  }

  /** Types a command that does not end, and returns once it runs: it waits for something to happen. */
  async start(block: CommandBlock, command: Command, session: Session, text: string): Promise<CommandResult> {
    const since = performance.now();
    session.terminal.type(text);
    this.#running.set(session.id, { block, command, session, text, since });
    let over = false;
    void session.terminal.ended(block.timeout).then(
      () => {
        over = true;
      },
      () => undefined,
    );
    await this.#sessions.waitUntilIdle(session, block.timeout, () => over);
    return { id: command.id, text, lines: [], status: undefined, tries: 1, seconds: 0, failure: undefined };
  }

  /** Ends what is followed in a terminal. Returns its block's id and its result; undefined when nothing is. */
  async endIn(session: Session): Promise<{ readonly block: string; readonly result: CommandResult } | undefined> {
    const following = this.#running.get(session.id);
    if (!following) return undefined;
    this.#running.delete(session.id);
    return { block: following.block.id, result: await this.#end(following) };
  }

  /** Ends what is followed in any terminal. */
  async endAll(): Promise<{ readonly block: string; readonly result: CommandResult }[]> {
    const ended = [];
    for (const { session } of [...this.#running.values()]) {
      const end = await this.endIn(session);
      if (end) ended.push(end);
    }
    return ended;
  }

  /** Waits for the text that must have been seen, interrupts, and compares. */
  async #end({ block, command, session, text, since }: Following): Promise<CommandResult> {
    const { cluster, update = false } = this.#run;
    const until = renameNodes(block.follow?.until ?? '', cluster.names);
    const result = (lines: readonly string[], failure: Failure | undefined, recorded?: readonly string[]) => ({
      id: command.id,
      text,
      lines,
      status: undefined,
      tries: 1,
      seconds: (performance.now() - since) / 1000,
      failure,
      ...(recorded ? { recorded } : {}),
    });
    try {
      const seen = await session.terminal.prints(until, block.timeout);
      const judgement = judge(block, command, await this.#interrupted(session), cluster, { update });
      if (seen) return result(judgement.lines, judgement.failure, judgement.recorded);
      const diff = judgement.lines.slice(-SHOWN_LINES).map((line) => ({ kind: 'extra' as const, text: line }));
      const message = `${JSON.stringify(until)} was not printed within ${block.timeout / 1000} s`;
      return result(judgement.lines, { message, diff });
    } catch (error) {
      return result([], { message: `it could not be ended: ${sentence(error)}` });
    }
  }

  async #interrupted(session: Session): Promise<Seen> {
    const printed = session.terminal.printed;
    try {
      const { output, dropped } = await session.terminal.interrupt(INTERRUPTED);
      return { output, dropped, status: undefined };
    } catch {
      await this.#sessions.endCommand(session);
      return { output: printed, dropped: 0, status: undefined };
    }
  }
}
