import type { ProcessContext } from '#machine/program.ts';

/** What ends a command at once, with an exit status of cobrautl. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** cobrautl.ExitError, ExitBadFeature, ExitInterrupted, ExitBadArgs */
export const EXIT = { error: 1, badFeature: 4, interrupted: 5, badArguments: 128 } as const;

/** Flags by their names: what they are without being given. A flag that is a truth value needs none. */
export type FlagSpec = Readonly<Record<string, string | boolean>>;

export interface Flags {
  text(name: string): string;
  isSet(name: string): boolean;
  has(name: string): boolean;
  /** @throws CommandError */
  number(name: string): number;
  readonly words: readonly string[];
}

/** Flags of all commands (etcdctl, ctlv3/ctl.go). */
export const GLOBAL_FLAGS: FlagSpec = {
  cacert: '',
  cert: '',
  'command-timeout': '5s',
  debug: false,
  'dial-timeout': '2s',
  endpoints: '127.0.0.1:2379',
  help: false,
  hex: false,
  'insecure-skip-tls-verify': false,
  'insecure-transport': true,
  'keepalive-time': '2s',
  'keepalive-timeout': '6s',
  key: '',
  'write-out': 'simple',
};

const SHORT: Readonly<Record<string, string>> = { h: 'help', w: 'write-out' };

/** Words of the command line by those of pflag. @throws CommandError for a flag that is not known */
export function readFlags(words: readonly string[], spec: FlagSpec): Flags {
  const given = new Map<string, string>();
  const rest: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') {
      rest.push(...words.slice(index + 1));
      break;
    }
    const match = /^(?:--(?<long>[^=]+)|-(?<short>[a-z]))(?:=?(?<value>.*))?$/s.exec(word)?.groups;
    if (!match || word === '-') {
      rest.push(word);
      continue;
    }
    const name = match['long'] ?? SHORT[match['short'] ?? ''];
    if (name === undefined || spec[name] === undefined) throw unknown(word);
    const isAttached = match['long'] === undefined ? (match['value'] ?? '') !== '' : word.includes('=');
    if (typeof spec[name] === 'boolean') {
      given.set(name, isAttached ? (match['value'] ?? '') : 'true');
      continue;
    }
    const value = isAttached ? match['value'] : words[index + 1];
    if (!isAttached) index += 1;
    if (value === undefined) throw new CommandError(`flag needs an argument: ${word}`, EXIT.error);
    given.set(name, value);
  }
  return flagsOf(given, spec, rest);
}

function unknown(word: string): CommandError {
  const [name = ''] = word.split('=');
  return new CommandError(
    word.startsWith('--') ? `unknown flag: ${name}` : `unknown shorthand flag: '${word.slice(1, 2)}' in ${word}`,
    EXIT.error,
  );
}

function flagsOf(given: ReadonlyMap<string, string>, spec: FlagSpec, words: readonly string[]): Flags {
  const text = (name: string) => given.get(name) ?? String(spec[name] ?? '');
  return {
    text,
    isSet: (name) => given.has(name),
    has: (name) => text(name) === 'true',
    number: (name) => {
      const value = text(name);
      if (!/^-?\d+$/.test(value))
        throw new CommandError(
          `invalid argument "${value}" for "--${name}" flag: strconv.ParseInt: parsing "${value}": invalid syntax`,
          EXIT.error,
        );
      return Number(value);
    },
    words,
  };
}

/**
 * Flags that are set in the environment, as words (pkg/flags.SetPflagsFromEnv).
 *
 * @param log is told of variables that are no flags
 * @throws CommandError for what is on the command line, too
 */
export function flagsOfEnvironment(
  env: ProcessContext['env'],
  flags: Flags,
  log: (level: string, message: string, variable: string) => void,
): readonly string[] {
  const words: string[] = [];
  for (const name of Object.keys(GLOBAL_FLAGS)) {
    const variable = `ETCDCTL_${name.toUpperCase().replaceAll('-', '_')}`;
    const value = env[variable];
    if (value === undefined || value === '') continue;
    if (flags.isSet(name)) {
      log(
        'fatal',
        'conflicting environment variable is shadowed by corresponding command-line flag (either unset environment variable or disable flag))',
        variable,
      );
      throw new CommandError('', EXIT.error);
    }
    words.push(`--${name}=${value}`);
  }
  const known = new Set(Object.keys(GLOBAL_FLAGS).map((name) => `ETCDCTL_${name.toUpperCase().replaceAll('-', '_')}`));
  for (const [variable, value] of Object.entries(env))
    if (variable.startsWith('ETCDCTL_') && !known.has(variable) && !/^ETCDCTL_WATCH_/.test(variable))
      log('warn', 'unrecognized environment variable', `${variable}=${value}`);
  return words;
}

/** `5s`, `300ms`, `1m30s`, in milliseconds. @throws CommandError */
export function durationOf(text: string, flag: string): number {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  const parts = [...text.matchAll(/(?<amount>\d+(?:\.\d+)?)(?<unit>ms|h|m|s)/g)];
  if (parts.length === 0 || parts.map(([all]) => all).join('') !== text)
    throw new CommandError(
      `invalid argument "${text}" for "--${flag}" flag: time: invalid duration "${text}"`,
      EXIT.error,
    );
  return parts.reduce((sum, { groups }) => sum + Number(groups?.['amount']) * (units[groups?.['unit'] ?? 's'] ?? 0), 0);
}
