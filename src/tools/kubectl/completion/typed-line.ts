import type { Command } from '../command/command.ts';
import type { Flag } from '../command/flags.ts';
import { GLOBAL_FLAGS } from '../command/shared-flags.ts';

/** A command line of kubectl that is not whole yet. */
export interface TypedLine {
  /** The command that was named so far. */
  readonly command: Command | undefined;
  /** `rollout restart` */
  readonly path: string;
  readonly flags: readonly Flag[];
  /** Words of flags, without the last word. */
  readonly flagWords: readonly string[];
  readonly args: readonly string[];
  /** The flag whose value is being typed as a word of its own. */
  readonly flagBefore: Flag | undefined;
  /** Behind `--`, where another program's words stand. */
  readonly isBehindDash: boolean;
  readonly last: string;
}

/** @param words without `kubectl`; the last one as far as it was typed */
export function readTypedLine(words: readonly string[], commands: readonly Command[]): TypedLine {
  let command: Command | undefined;
  let below = commands;
  const path: string[] = [];
  const flagWords: string[] = [];
  const args: string[] = [];
  let flagBefore: Flag | undefined;
  let isBehindDash = false;
  for (const word of words.slice(0, -1)) {
    const flags = [...GLOBAL_FLAGS, ...(command?.flags ?? [])];
    if (flagBefore) {
      flagWords.push(word);
      flagBefore = undefined;
    } else if (word === '--') isBehindDash = true;
    else if (isBehindDash) continue;
    else if (word.startsWith('-') && word.length > 1) {
      flagWords.push(word);
      flagBefore = takesNext(word, flags);
    } else {
      const next =
        args.length === 0 ? below.find(({ name, aliases }) => name === word || aliases?.includes(word)) : undefined;
      if (next) {
        command = next;
        path.push(next.name);
        below = next.subcommands ?? [];
      } else args.push(word);
    }
  }
  return {
    command,
    path: path.join(' '),
    flags: [...GLOBAL_FLAGS, ...(command?.flags ?? [])],
    flagWords,
    args,
    flagBefore,
    isBehindDash,
    last: words.at(-1) ?? '',
  };
}

/** The flag of a word that takes the next one as its value. */
function takesNext(word: string, flags: readonly Flag[]): Flag | undefined {
  if (word.includes('=')) return undefined;
  const known = word.startsWith('--')
    ? flags.find(({ name }) => name === word.slice(2))
    : flags.find(({ short }) => short !== undefined && short === word.at(-1));
  return known && takesValue(known) ? known : undefined;
}

export function takesValue({ kind, alone }: Flag): boolean {
  return kind !== 'bool' && alone === undefined;
}
