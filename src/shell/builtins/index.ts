import type { Flavor } from '../flavor.ts';
import { ARGUMENTS } from './arguments.ts';
import type { Builtin } from './builtin.ts';
import { BASH_DIRECTORY, DIRECTORY } from './directory.ts';
import { FLOW } from './flow.ts';
import { HISTORY } from './history.ts';
import { JOBS } from './jobs.ts';
import { lookupBuiltins } from './lookup.ts';
import { BASH_OPTIONS, OPTIONS } from './options.ts';
import { OUTPUT } from './output.ts';
import { BASH_READ, READ } from './read.ts';
import { BASH_SESSION } from './session.ts';
import { SIGNAL_BUILTINS } from './signals.ts';
import { BASH_VARIABLES, VARIABLES } from './variables.ts';

/** Commands whose arguments may be assignments. */
export const DECLARATIONS: ReadonlySet<string> = new Set([
  'export',
  'readonly',
  'local',
  'declare',
  'typeset',
  'alias',
]);

const COMMON = {
  ...ARGUMENTS,
  ...DIRECTORY,
  ...FLOW,
  ...JOBS,
  ...OPTIONS,
  ...OUTPUT,
  ...READ,
  ...SIGNAL_BUILTINS,
  ...VARIABLES,
};

const BASH = {
  ...COMMON,
  ...BASH_DIRECTORY,
  ...BASH_OPTIONS,
  ...BASH_READ,
  ...BASH_SESSION,
  ...BASH_VARIABLES,
  ...HISTORY,
};

/** dash has less than the others. */
const { source: _source, let: _let, ...DASH } = COMMON;

export const BUILTINS: Readonly<Record<Flavor, ReadonlyMap<string, Builtin>>> = {
  bash: withLookup(BASH),
  ash: withLookup(COMMON),
  dash: withLookup(DASH),
};

function withLookup(builtins: Readonly<Record<string, Builtin>>): ReadonlyMap<string, Builtin> {
  const names = new Set([...Object.keys(builtins), 'type', 'command', 'hash']);
  const { builtin, ...lookup } = lookupBuiltins(names);
  const isBash = builtins['declare'] !== undefined;
  if (isBash) names.add('builtin');
  return new Map(Object.entries({ ...builtins, ...lookup, ...(isBash && builtin && { builtin }) }));
}
