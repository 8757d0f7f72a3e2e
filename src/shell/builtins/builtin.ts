import type { Routine } from '#kernel/coroutine.ts';
import type { Shell } from '../shell.ts';

/** A command that the shell carries out itself. @param words with its name @returns its exit status */
export type Builtin = (shell: Shell, words: readonly string[]) => Routine<number>;

/** A builtin that waits for nothing. */
export function immediate(action: (shell: Shell, words: readonly string[]) => number): Builtin {
  // biome-ignore lint/correctness/useYield: it waits for nothing
  return function* (shell, words) {
    return action(shell, words);
  };
}

/** Letters before the operands, as getopts(1) reads them. */
export interface Letters {
  readonly letters: string;
  /** Of letters that take one. */
  readonly values: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
  /** The first letter that is none of them. */
  readonly unknown?: string;
}

/** @param known with a colon behind each letter that takes a value */
export function readLetters(words: readonly string[], known: string): Letters {
  let letters = '';
  const values = new Map<string, string>();
  let index = 1;
  for (; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') {
      index += 1;
      break;
    }
    if (!/^-./.test(word)) break;
    for (let at = 1; at < word.length; at += 1) {
      const letter = word[at] ?? '';
      const place = known.indexOf(letter);
      if (place < 0 || letter === ':') return { letters, values, operands: words.slice(index), unknown: letter };
      letters += letter;
      if (known[place + 1] !== ':') continue;
      const rest = word.slice(at + 1);
      if (rest === '') index += 1;
      values.set(letter, rest === '' ? (words[index] ?? '') : rest);
      break;
    }
  }
  return { letters, values, operands: words.slice(index) };
}

/** An option that is not known, in the words of each shell. @returns 2 */
export function refuseOption(shell: Shell, builtin: string, letter: string, usage: string): number {
  if (shell.flavor === 'bash') {
    shell.complain(`-${letter}: invalid option`, builtin);
    shell.error(`${builtin}: usage: ${usage}\n`);
  } else shell.complain(`${shell.flavor === 'ash' ? 'illegal' : 'Illegal'} option -${letter}`, builtin);
  return 2;
}
