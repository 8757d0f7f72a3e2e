import type { Redirection, Script } from '#grammar/syntax.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import { Pipe } from '#machine/pipe.ts';
import type { ChildProcess } from '#machine/program.ts';
import { ExpansionError } from './control.ts';
import { type Descriptor, pipeReader, pipeWriter } from './descriptors.ts';
import { RedirectionError, redirected } from './redirect.ts';
import type { Shell } from './shell.ts';
import { startSubshell } from './subshell.ts';

/** `$(…)`: what a script writes, without the newlines at its end; its status is the shell's. */
export function* substitute(shell: Shell, script: Script): Routine<string> {
  const file = fileOf(script);
  if (file) return yield* readFile(shell, file);
  const { pipe, child } = start(shell, script);
  const letGo = pipe.holdReader();
  let text = '';
  try {
    for (let more = yield* pipe.read(); more !== undefined; more = yield* pipe.read()) text += more;
  } finally {
    letGo();
  }
  shell.status = yield* child.wait();
  shell.substitutionStatus = shell.status;
  yield* shell.tick(true);
  return text.replace(/\n+$/, '').replaceAll('\0', '');
}

/** `$(<file)` is what the file holds. */
function fileOf({ statements: [statement, more] }: Script): Redirection | undefined {
  if (more || statement?.command.kind !== 'simple') return undefined;
  const { arguments: words, assignments, redirections } = statement.command;
  const [redirection, another] = redirections;
  const isAlone = words.length === 0 && assignments.length === 0 && !another;
  return isAlone && redirection?.kind === 'file' && redirection.operator === '<' ? redirection : undefined;
}

function* readFile(shell: Shell, redirection: Redirection): Routine<string> {
  let text = '';
  shell.substitutionStatus = 0;
  try {
    const input = (yield* redirected(shell, [redirection])).get(0);
    if (input) for (let more = yield* input.read(); more !== undefined; more = yield* input.read()) text += more;
  } catch (error) {
    if (!(error instanceof RedirectionError)) throw error;
    shell.complain(error.message);
    shell.substitutionStatus = 1;
  }
  shell.status = shell.substitutionStatus;
  return text.replace(/\n+$/, '').replaceAll('\0', '');
}

/** A script in a subshell, and the pipe that it writes to. */
function start(shell: Shell, script: Script): { readonly pipe: Pipe; readonly child: ChildProcess } {
  const pipe = new Pipe();
  const descriptors = new Map(shell.descriptors).set(1, pipeWriter(pipe));
  const child = startSubshell(shell, descriptors, (inner) => {
    inner.depth += 1;
    // As bash does it outside of its POSIX mode.
    if (inner.flavor === 'bash') inner.options.delete('errexit');
    return inner.interpreter.runScript(inner, script, true);
  });
  return { pipe, child };
}

/** `< <(…)`: what a script writes, while it writes. */
export function startWriter(shell: Shell, script: Script): Descriptor {
  const { pipe, child } = start(shell, script);
  shell.lastBackground = child.pid;
  return pipeReader(pipe);
}

/** `<(…)`: a file in the place of bash's pipe; the script has ended before the command begins. @throws ExpansionError */
export function* substituteFile(shell: Shell, script: Script): Routine<string> {
  const { status, substitutionStatus } = shell;
  const { pipe, child } = start(shell, script);
  let text = '';
  for (let more = yield* pipe.read(); more !== undefined; more = yield* pipe.read()) text += more;
  shell.lastBackground = child.pid;
  shell.status = status;
  shell.substitutionStatus = substitutionStatus;
  const path = `/tmp/sh-np.${child.pid}`;
  try {
    shell.files.writeText(path, text, { mode: 0o600 });
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new ExpansionError(`cannot make pipe for process substitution: ${error.message}`);
  }
  shell.temporaryFiles = [...shell.temporaryFiles, path];
  return path;
}
