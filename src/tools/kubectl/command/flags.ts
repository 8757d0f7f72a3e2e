/** What a flag takes (spf13/pflag). `list` splits at commas, `array` does not; `optional` takes a value only behind `=`. */
export type FlagKind = 'bool' | 'string' | 'int' | 'duration' | 'list' | 'array';

export interface Flag {
  readonly name: string;
  readonly short?: string;
  readonly kind: FlagKind;
  readonly default?: string;
  /** The value of a flag without one. */
  readonly alone?: string;
  /** Real, but not simulated: why, in words that go on behind `--name`. */
  readonly missing?: string;
}

/** A command line that is wrong; the message is kubectl's own. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

export const flag = (name: string, kind: FlagKind, more: Omit<Flag, 'name' | 'kind'> = {}): Flag => ({
  name,
  kind,
  ...more,
});

/** The values of flags, and which of them were given. */
export class FlagValues {
  readonly #flags: ReadonlyMap<string, Flag>;
  readonly #given: ReadonlyMap<string, readonly string[]>;

  constructor(flags: ReadonlyMap<string, Flag>, given: ReadonlyMap<string, readonly string[]>) {
    this.#flags = flags;
    this.#given = given;
  }

  has(name: string): boolean {
    return this.#given.has(name);
  }

  bool(name: string): boolean {
    return this.string(name) === 'true';
  }

  /** '' where nothing was given and there is no default. */
  string(name: string): string {
    return this.#given.get(name)?.at(-1) ?? this.#flags.get(name)?.default ?? '';
  }

  number(name: string): number {
    return Number(this.string(name));
  }

  /** Whether a flag is given once at most: a command may have one of its own by a name that all commands have. */
  isSingle(name: string): boolean {
    return this.#flags.get(name)?.kind !== 'array';
  }

  /** Milliseconds. */
  duration(name: string): number {
    return parseDuration(this.string(name)) ?? 0;
  }

  list(name: string): readonly string[] {
    const given = this.#given.get(name) ?? (this.#flags.get(name)?.default ? [this.string(name)] : []);
    return this.#flags.get(name)?.kind === 'list' ? given.flatMap((value) => splitList(value)) : given;
  }
}

/** As encoding/csv reads a line. */
function splitList(text: string): string[] {
  return text === '' ? [] : text.split(',');
}

export interface Parsed {
  readonly values: FlagValues;
  readonly args: readonly string[];
  /** How many of the arguments stood before `--`; undefined without one. */
  readonly dashAt: number | undefined;
}

/** @throws FlagError */
export function parseFlags(words: readonly string[], flags: readonly Flag[], stopsAtArgument = false): Parsed {
  const byName = new Map(flags.map((each) => [each.name, each]));
  const byLetter = new Map(flags.flatMap((each) => (each.short ? [[each.short, each] as const] : [])));
  const given = new Map<string, string[]>();
  const args: string[] = [];
  let dashAt: number | undefined;
  let index = 0;
  const set = (each: Flag, value: string, shown: string) => {
    if (each.missing !== undefined)
      throw new FlagError(`--${each.name} is not simulated here${each.missing && `: ${each.missing}`}`);
    check(each, value, shown);
    given.set(each.name, [...(given.get(each.name) ?? []), normal(each, value)]);
  };
  const takesNone = (each: Flag) => each.alone ?? (each.kind === 'bool' ? 'true' : undefined);
  for (; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') {
      dashAt = args.length;
      args.push(...words.slice(index + 1));
      break;
    }
    if (word.startsWith('--')) {
      const [name = '', ...rest] = word.slice(2).split('=');
      const known = byName.get(name);
      if (name === '') throw new FlagError(`bad flag syntax: ${word}`);
      if (!known) throw new FlagError(`unknown flag: --${name}`);
      const alone = takesNone(known);
      if (rest.length > 0) set(known, rest.join('='), `--${name}`);
      else if (alone !== undefined) set(known, alone, `--${name}`);
      else {
        index += 1;
        const value = words[index];
        if (value === undefined) throw new FlagError(`flag needs an argument: --${name}`);
        set(known, value, `--${name}`);
      }
    } else if (word.startsWith('-') && word.length > 1) {
      for (let at = 1; at < word.length; at += 1) {
        const letter = word[at] ?? '';
        const known = byLetter.get(letter);
        if (!known)
          throw new FlagError(`unknown shorthand flag: ${JSON.stringify(letter).replaceAll('"', "'")} in ${word}`);
        const rest = word.slice(at + 1);
        const shown = `-${letter}, --${known.name}`;
        const alone = takesNone(known);
        if (rest.startsWith('=')) set(known, rest.slice(1), shown);
        else if (alone !== undefined) {
          set(known, alone, shown);
          continue;
        } else if (rest !== '') set(known, rest, shown);
        else {
          index += 1;
          const value = words[index];
          if (value === undefined) throw new FlagError(`flag needs an argument: '${letter}' in ${word}`);
          set(known, value, shown);
        }
        break;
      }
    } else {
      args.push(word);
      if (stopsAtArgument) {
        args.push(...words.slice(index + 1));
        break;
      }
    }
  }
  return { values: new FlagValues(byName, given), args, dashAt };
}

function normal({ kind }: Flag, value: string): string {
  return kind === 'bool' ? String(/^(?:1|t|T|TRUE|true|True)$/.test(value)) : value;
}

/** @throws FlagError in pflag's words */
function check({ kind }: Flag, value: string, shown: string): void {
  const wrong = (why: string) =>
    new FlagError(`invalid argument ${JSON.stringify(value)} for ${JSON.stringify(shown)} flag: ${why}`);
  if (kind === 'bool' && !/^(?:[01tTfF]|TRUE|true|True|FALSE|false|False)$/.test(value))
    throw wrong(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
  if (kind === 'int' && !/^[-+]?\d+$/.test(value))
    throw wrong(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  if (kind === 'duration' && parseDuration(value) === undefined) throw wrong(durationError(value));
}

function durationError(value: string): string {
  const quoted = JSON.stringify(value);
  if (/^[-+]?[\d.]+$/.test(value)) return `time: missing unit in duration ${quoted}`;
  return `time: invalid duration ${quoted}`;
}

const UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `1h30m`, `90s`, `0`, as Go's time.ParseDuration reads it, in milliseconds; undefined for what is none. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const { sign = '', parts = '' } =
    /^(?<sign>[-+]?)(?<parts>(?:\d+(?:\.\d*)?(?:ns|us|ms|s|m|h))+)$/.exec(text)?.groups ?? {};
  if (parts === '') return undefined;
  let sum = 0;
  for (const [, number = '', unit = ''] of parts.matchAll(/(\d+(?:\.\d*)?)(ns|us|ms|s|m|h)/g))
    sum += Number(number) * (UNITS[unit] ?? 0);
  return sign === '-' ? -sum : sum;
}
