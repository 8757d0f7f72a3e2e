import type { LoginService } from '#machine/login.ts';
import { SSH_PORT } from '#machine/login.ts';
import type { ChildProcess } from '#machine/program.ts';
import type { Sockets } from '#machine/sockets.ts';
import type { RunOptions } from '../node.ts';

/** A machine on which somebody can log in. */
export interface LoginMachine {
  readonly name: string;
  readonly sockets: Sockets;
  run(argv: readonly string[], options: RunOptions): ChildProcess;
}

/** sshd: lets in whoever asks, as the machines of an exam do with the keys that they share. */
export function listenForLogins(machine: LoginMachine): void {
  const service: LoginService = {
    hostname: machine.name,
    login: ({ user, command, streams, env }) =>
      machine.run(command === undefined ? ['-bash'] : ['bash', '-c', command], { user, streams, env }),
  };
  machine.sockets.listen({
    protocol: 'tcp',
    address: '0.0.0.0',
    port: SSH_PORT,
    pid: 1,
    program: 'sshd',
    serves: { grpc: service },
  });
}
