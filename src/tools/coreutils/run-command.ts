import type { Routine } from '#kernel/coroutine.ts';
import { lookUp } from '#machine/command-path.ts';
import { FsError } from '#machine/file-system.ts';
import type { ChildProcess, ProcessContext, SpawnOptions } from '#machine/program.ts';
import type { Invocation } from './tool.ts';
import { complainAs } from './words.ts';

/** Why a command cannot be run: 127 when there is none, 126 when it is no program. */
export function statusOfFailure({ code }: FsError): 126 | 127 {
  return code === 'ENOENT' ? 127 : 126;
}

/** Starts a command, which is looked for in PATH. @throws FsError */
export function start(
  process: ProcessContext,
  argv: readonly string[],
  options: Partial<SpawnOptions> = {},
): ChildProcess {
  return process.spawn(find(process, argv, options), { ...options, argv });
}

/** Goes on as a command, which is looked for in PATH. @throws FsError at once */
export function become(
  process: ProcessContext,
  argv: readonly string[],
  options: Partial<SpawnOptions> = {},
): Routine<number> {
  return process.exec(find(process, argv, options), { ...options, argv });
}

function find(process: ProcessContext, argv: readonly string[], { env = process.env }: Partial<SpawnOptions>): string {
  const [command = ''] = argv;
  if (command === '') throw new FsError('ENOENT', command);
  return lookUp(process.files, command, env['PATH'] ?? '/bin:/usr/bin');
}

/** Tells why a command was not run. @returns 126 or 127 */
export function refuse(invocation: Invocation, command: string, error: unknown): number {
  if (!(error instanceof FsError)) throw error;
  const gnu = invocation.name === 'timeout' ? `failed to run command '${command}'` : `'${command}'`;
  complainAs(invocation, `${gnu}: ${error.message}`, `can't execute '${command}': ${error.message}`);
  return statusOfFailure(error);
}
