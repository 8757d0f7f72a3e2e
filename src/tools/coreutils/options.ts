/** What a tool understands. All else it does not simulate, and says so. */
export interface OptionSpec {
  /** Letters without a value. */
  readonly flags?: string;
  /** Letters with a value. */
  readonly values?: string;
  /** Letters with a value that stands in the same word, or none. */
  readonly optional?: string;
  /** Long names, for the letter or the name that stands for them; with `=` behind a name that takes a value. */
  readonly long?: Readonly<Record<string, string>>;
  /** The first operand ends the options: what follows is a command of its own. */
  readonly stopsAtOperand?: boolean;
  /** `-5` is this letter with a value. */
  readonly number?: string;
  /** Words that begin with a minus are operands when they match. */
  readonly operand?: RegExp;
}

export interface Options {
  has(option: string): boolean;
  /** The last value that was given. */
  value(option: string): string | undefined;
  /** Every option that was given, in order. */
  readonly given: readonly (readonly [option: string, value: string | undefined])[];
  readonly operands: readonly string[];
}

export class UnknownOption extends Error {
  override readonly name = 'UnknownOption';
}

/** Options and operands in any order, as getopt_long(3) reads them. @throws UnknownOption */
export function readOptions(words: readonly string[], spec: OptionSpec): Options {
  const given: [string, string | undefined][] = [];
  const operands: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') {
      operands.push(...words.slice(index + 1));
      break;
    }
    if (!/^-./.test(word) || spec.operand?.test(word)) {
      if (spec.stopsAtOperand) {
        operands.push(...words.slice(index));
        break;
      }
      operands.push(word);
    } else if (word.startsWith('--')) index += readLong(word, words[index + 1], spec, given);
    else if (spec.number !== undefined && /^-\d+$/.test(word)) given.push([spec.number, word.slice(1)]);
    else index += readLetters(word, words[index + 1], spec, given);
  }
  return {
    has: (option) => given.some(([name]) => name === option),
    value: (option) => given.findLast(([name]) => name === option)?.[1],
    given,
    operands,
  };
}

/** @returns how many words it took beside its own */
function readLong(
  word: string,
  next: string | undefined,
  { long = {} }: OptionSpec,
  given: [string, string | undefined][],
): number {
  const [name = '', ...rest] = word.slice(2).split('=');
  const value = rest.length > 0 ? rest.join('=') : undefined;
  const plain = long[name];
  if (plain !== undefined && value === undefined) {
    given.push([plain, undefined]);
    return 0;
  }
  const taking = long[`${name}=`];
  if (taking === undefined) throw new UnknownOption(`${word.split('=')[0]} is not simulated here`);
  const taken = value ?? next;
  if (taken === undefined) throw new UnknownOption(`option '${word}' requires an argument`);
  given.push([taking, taken]);
  return value === undefined ? 1 : 0;
}

/** @returns how many words it took beside its own */
function readLetters(
  word: string,
  next: string | undefined,
  { flags = '', values = '', optional = '' }: OptionSpec,
  given: [string, string | undefined][],
): number {
  for (let at = 1; at < word.length; at += 1) {
    const letter = word[at] ?? '';
    if (flags.includes(letter)) {
      given.push([letter, undefined]);
      continue;
    }
    if (optional.includes(letter)) {
      given.push([letter, word.slice(at + 1) || undefined]);
      return 0;
    }
    if (!values.includes(letter)) throw new UnknownOption(`-${letter} is not simulated here`);
    const rest = word.slice(at + 1);
    const value = rest === '' ? next : rest;
    if (value === undefined) throw new UnknownOption(`option requires an argument -- '${letter}'`);
    given.push([letter, value]);
    return rest === '' ? 1 : 0;
  }
  return 0;
}
