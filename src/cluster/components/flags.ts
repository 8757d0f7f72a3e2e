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

/**
 * Reads `--name=value`, `--name value` and `-v=2`.
 *
 * @throws FlagError for one that the program does not know
 */
export function parseFlags(args: readonly string[], known: readonly string[]): Flags {
  const names = new Set(known);
  const flags = new Map<string, string>();
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    const match = /^(?<dashes>--?)(?<name>[^=]+)(?:=(?<value>.*))?$/s.exec(arg)?.groups;
    if (!match) throw new FlagError(`unknown command ${JSON.stringify(arg)}`);
    const { dashes, name = '', value } = match;
    if (dashes === '-' && name !== 'v') throw new FlagError(`unknown shorthand flag: '${name[0]}' in -${name}`);
    if (!names.has(name)) throw new FlagError(`unknown flag: --${name}`);
    if (value !== undefined) flags.set(name, value);
    else if (SWITCHES.has(name)) flags.set(name, 'true');
    else {
      index += 1;
      const next = args[index];
      if (next === undefined) throw new FlagError(`flag needs an argument: --${name}`);
      flags.set(name, next);
    }
  }
  return flags;
}
