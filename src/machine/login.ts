import type { ChildProcess, StandardStreams } from './program.ts';

/** What sshd offers behind port 22: a shell, or a command, as somebody whom the machine knows. */
export interface LoginService {
  /** The machine's own name. */
  readonly hostname: string;
  /**
   * @param command for the user's shell; undefined: a login shell
   * @throws FsError ENOENT for a user that there is not
   */
  login(options: {
    readonly user: string;
    readonly command: string | undefined;
    readonly streams: StandardStreams;
    readonly env: Readonly<Record<string, string>>;
  }): ChildProcess;
}

/** The port of sshd. */
export const SSH_PORT = 22;
