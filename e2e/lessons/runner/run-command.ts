import type { Command, CommandBlock } from '#course/block/block.ts';
import type { Seen } from '#course/matcher/judge.ts';
import type { Bindings } from '#course/matcher/line-pattern.ts';
import { CommandTimeout } from '../../terminal/terminal.ts';
import { type Judged, judge } from './compare-command.ts';
import type { CommandResult } from './page-result.ts';
import { type PageRun, pause } from './page-run.ts';
import type { Session, Sessions } from './sessions.ts';

const RETRY_GAP = 500;

/** A command's result, and the judgement of its last try; none when it did not end by itself. */
export interface CommandRun {
  readonly result: CommandResult;
  readonly judgement: Judged | undefined;
}

/** Types a command into its terminal and compares what it shows; tries again while the block allows it. */
export async function runCommand(
  { cluster, update = false }: PageRun,
  sessions: Sessions,
  session: Session,
  block: CommandBlock,
  command: Command,
  text: string,
  bindings: Bindings,
): Promise<CommandRun> {
  const deadline = performance.now() + (block.retry ?? 0);
  for (let tries = 1; ; tries += 1) {
    const start = performance.now();
    const seen = await typed(sessions, session, text, block.timeout);
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
async function typed(
  sessions: Sessions,
  session: Session,
  text: string,
  timeout: number,
): Promise<Seen | { readonly timeout: string }> {
  try {
    return await session.terminal.run(text, timeout);
  } catch (error) {
    if (!(error instanceof CommandTimeout)) throw error;
    const said = error.output.trim().split('\n').slice(-3).join(' | ');
    await sessions.endCommand(session);
    return { timeout: `${error.message}${said === '' ? ', and printed nothing' : `; it printed: ${said}`}` };
  }
}
