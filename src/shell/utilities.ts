import type { Routine } from '#kernel/coroutine.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { BUILTINS } from './builtins/index.ts';
import type { Flavor } from './flavor.ts';
import { interpreter } from './interpreter.ts';
import { Shell } from './shell.ts';

/** Builtins that are programs too, for those who start them without a shell. */
const NAMES = ['echo', 'printf', 'test', '['];

export function utilityPrograms(flavor: Flavor): Readonly<Record<string, Program>> {
  return Object.fromEntries(NAMES.map((name) => [name, utility(flavor, name)]));
}

function utility(flavor: Flavor, name: string): Program {
  const builtin = BUILTINS[flavor].get(name);
  if (!builtin) throw new Error(`${name} is no builtin`);
  return function* (process: ProcessContext): Routine<number> {
    const shell = new Shell(flavor, interpreter, process);
    shell.source = name;
    shell.isTyped = true;
    const status = yield* builtin(shell, [name, ...process.argv.slice(1)]);
    yield* process.streams.drain();
    return status;
  };
}
