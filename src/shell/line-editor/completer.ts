import type { Routine } from '#kernel/coroutine.ts';
import type { ProcessContext } from '#machine/program.ts';

/**
 * What can stand at the end of a command line, whether or not it begins with what was typed. Candidates that end in `=`, `/` or `:` are gone on with.
 *
 * @param words of the command, the last one as far as it was typed, perhaps empty
 */
export type Completer = (words: readonly string[], process: ProcessContext) => Routine<readonly string[]>;

/** Completers by the name of their command. */
export type Completers = Readonly<Record<string, Completer>>;
