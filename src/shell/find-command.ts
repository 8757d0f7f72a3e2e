import { lookUp } from '#machine/command-path.ts';
import { FsError } from '#machine/file-system.ts';
import type { Shell } from './shell.ts';

/** Where the program of a command is. @throws FsError */
export function findCommand(shell: Shell, name: string): string {
  if (name === '') throw new FsError('ENOENT', name);
  return lookUp(shell.files, name, shell.variables.get('PATH') ?? '');
}

/** Why a command cannot be run: 127 when there is none, 126 when it is no program. */
export class NotExecutable {
  readonly message: string;
  readonly status: 126 | 127;

  constructor(message: string, status: 126 | 127) {
    this.message = message;
    this.status = status;
  }

  /** @returns undefined for errors of another kind */
  static of(shell: Shell, command: string, error: unknown): NotExecutable | undefined {
    if (!(error instanceof FsError)) return undefined;
    const { sentences } = shell;
    if (!command.includes('/')) return new NotExecutable(sentences.notFound(command), 127);
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
      const isInterpreter = shell.files.exists(command);
      if (isInterpreter && shell.flavor === 'bash')
        return new NotExecutable(`${command}: cannot execute: required file not found`, 127);
      return new NotExecutable(
        error.code === 'ENOTDIR' && shell.flavor === 'bash'
          ? `${command}: ${error.message}`
          : sentences.noSuchFile(command),
        error.code === 'ENOTDIR' && shell.flavor === 'bash' ? 126 : 127,
      );
    }
    if (error.code === 'EISDIR') return new NotExecutable(sentences.isDirectory(command), 126);
    if (error.code === 'ENOEXEC' && shell.flavor === 'bash')
      return new NotExecutable(`${command}: cannot execute binary file: ${error.message}`, 126);
    return new NotExecutable(`${command}: ${error.message}`, 126);
  }
}
