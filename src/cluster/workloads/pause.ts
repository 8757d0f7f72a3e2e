import { type Routine, wait } from '#kernel/coroutine.ts';
import type { Program } from '#machine/program.ts';

/** What holds the namespaces of a Pod, and anything else that only waits: it ends by TERM and INT. */
export const pauseProgram: Program = function* pause(process): Routine<number> {
  return yield* wait<number>((resume) => {
    process.onSignal('TERM', () => resume(0));
    process.onSignal('INT', () => resume(0));
    return undefined;
  });
};
