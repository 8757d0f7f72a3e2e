/** Flags that a program does not take; the text is what it prints (spf13/pflag). */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

export type Flags = ReadonlyMap<string, string>;

/** Flags that stand alone: their value is true. */
const SWITCHES = new Set([
  'leader-elect',
  'allow-privileged',
  'client-cert-auth',
  'peer-client-cert-auth',
  'profiling',
  'allocate-node-cidrs',
  'help',
  'version',
]);

export interface FlagRules {
  /** The program, where it takes nothing but flags. */
  readonly program?: string;
  readonly switches?: ReadonlySet<string>;
  /** What Go says of a value that a flag does not take; undefined when it does. */
  readonly complaint?: (name: string, value: string) => string | undefined;
}

/**
 * Reads `--name=value`, `--name value` and `-v=2`.
 *
 * @throws FlagError for one that the program does not know, or that does not take its value
 */
export function parseFlags(
  args: readonly string[],
  known: readonly string[],
  { program, switches = SWITCHES, complaint }: FlagRules = {},
): Flags {
  const names = new Set(known);
  const flags = new Map<string, string>();
  const strays: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    const match = /^(?<dashes>--?)(?<name>[^=]+)(?:=(?<value>.*))?$/s.exec(arg)?.groups;
    if (!match && program !== undefined) {
      strays.push(JSON.stringify(arg));
      continue;
    }
    if (!match) throw new FlagError(`unknown command ${JSON.stringify(arg)}`);
    const { dashes, name = '', value: given } = match;
    if (dashes === '-' && name !== 'v') throw new FlagError(`unknown shorthand flag: '${name[0]}' in -${name}`);
    if (!names.has(name)) throw new FlagError(`unknown flag: --${name}`);
    if (given !== undefined) flags.set(name, given);
    else if (switches.has(name)) flags.set(name, 'true');
    else {
      index += 1;
      const next = args[index];
      if (next === undefined) throw new FlagError(`flag needs an argument: --${name}`);
      flags.set(name, next);
    }
    const value = flags.get(name) ?? '';
    const why = complaint?.(name, value);
    if (why !== undefined) {
      const shown = name === 'v' ? '-v, --v' : `--${name}`;
      throw new FlagError(`invalid argument ${JSON.stringify(value)} for "${shown}" flag: ${why}`);
    }
  }
  if (strays.length > 0) throw new FlagError(`"${program}" does not take any arguments, got [${strays.join(' ')}]`);
  return flags;
}
