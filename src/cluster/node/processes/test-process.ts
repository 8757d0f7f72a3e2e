import type { Kernel } from '#kernel/kernel.ts';
import type { FileSystem } from '#machine/file-system.ts';
import { Pipe } from '#machine/pipe.ts';
import type { Program } from '#machine/program.ts';
import type { Sockets } from '#machine/sockets.ts';
import { PidNamespace } from './pid-namespace.ts';
import { type Exit, Process } from './process.ts';

export interface TestProcessOptions {
  readonly kernel: Kernel;
  readonly hostname: string;
  readonly sockets: Sockets;
  readonly files: FileSystem;
  readonly program: Program;
  readonly argv: readonly string[];
}

/** A program that runs alone, for its first millisecond, and what it said. For tests alone. */
export function startProcess({ kernel, hostname, sockets, files, program, argv }: TestProcessOptions) {
  const output = { out: '', error: '' };
  const exits: Exit[] = [];
  const process = new Process(
    { kernel, pids: new PidNamespace(), hostname, sockets, programs: () => undefined },
    {
      program,
      argv,
      env: {},
      files,
      streams: {
        read: () => new Pipe().read(),
        out: (text) => {
          output.out += text;
        },
        error: (text) => {
          output.error += text;
        },
        drain: () => new Pipe().drain(),
        terminal: {},
      },
      onExit: (exit) => exits.push(exit),
    },
  );
  kernel.runFor(1);
  return { process, output, exits };
}
