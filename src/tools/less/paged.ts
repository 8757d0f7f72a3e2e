import type { Routine } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import { BrokenPipe, Pipe } from '#machine/pipe.ts';
import type { ChildProcess, ProcessContext, Program, StandardStreams } from '#machine/program.ts';

/** What systemd gives less ($SYSTEMD_LESS): what is short is printed, colours are kept, long lines are cut. */
const OPTIONS = '-FRSXMK';

/**
 * A program whose answer goes through less on a terminal, as those of systemd do it.
 *
 * @param isWanted whether a command line is one that answers at length, and does not refuse the pager
 */
export function paged(program: Program, isWanted: (words: readonly string[]) => boolean): Program {
  return function* pagedProgram(process: ProcessContext): Routine<number> {
    const { streams, argv, env } = process;
    const isRefused = ['', 'cat'].includes(env['SYSTEMD_PAGER'] ?? env['PAGER'] ?? 'less');
    const pipe = new Pipe();
    const pager =
      streams.terminal.out && streams.controllingTerminal && !isRefused && isWanted(argv.slice(1))
        ? startPager(process, pipe)
        : undefined;
    if (!pager) return yield* program(process);
    const letGo = pipe.holdWriter();
    const own: StandardStreams = { ...streams, out: (text) => pipe.write(text), drain: () => pipe.drain() };
    let status = 0;
    try {
      status = yield* program({ ...process, streams: own });
    } catch (error) {
      // Who has seen enough left the pager.
      if (!(error instanceof BrokenPipe)) throw error;
    }
    letGo();
    yield* pager.wait();
    return status;
  };
}

/** Undefined where there is none. */
function startPager({ spawn, streams }: ProcessContext, pipe: Pipe): ChildProcess | undefined {
  const { out, error } = streams.terminal;
  const own: StandardStreams = {
    ...streams,
    read: () => pipe.read(),
    terminal: { ...(out && { out }), ...(error && { error }) },
    hold: () => {
      const letGo = pipe.holdReader();
      const letGoOfOthers = streams.hold?.();
      return () => {
        letGo();
        letGoOfOthers?.();
      };
    },
  };
  try {
    return spawn('/usr/bin/less', { argv: ['less', OPTIONS], streams: own });
  } catch (failure) {
    if (failure instanceof FsError) return undefined;
    throw failure;
  }
}
