import type { FsError } from '#machine/file-system.ts';

/** What containerd, its shim and runc say when the first process of a container cannot be started. */
export function startFailure(why: string): string {
  return `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${why}`;
}

/** As above, for a command that is executed in a container. @param id of the attempt, 64 hexadecimal digits */
export function execFailure(id: string, why: string): string {
  return `failed to exec in container: failed to start exec ${JSON.stringify(id)}: OCI runtime exec failed: exec failed: unable to start container process: ${why}`;
}

/** Why a command cannot be run, as Go's os/exec has it. */
export function notExecutable(command: string, { code, path, message }: FsError): string {
  const quoted = `exec: ${JSON.stringify(command)}`;
  if (code === 'ENOENT')
    return command.includes('/')
      ? `${quoted}: stat ${path}: no such file or directory`
      : `${quoted}: executable file not found in $PATH`;
  // A directory too.
  if (code === 'EISDIR') return `${quoted}: permission denied`;
  if (code === 'ENOEXEC') return `exec ${path}: exec format error`;
  return `${quoted}: ${message.toLowerCase()}`;
}
