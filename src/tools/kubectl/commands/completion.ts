import type { Command } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';

/** The function's name is that of cobra's scripts: our bash knows by it whom to ask. */
const SCRIPT = `# Tab for kubectl in bash. For an alias: complete -o default -F __start_kubectl k
complete -o default -F __start_kubectl kubectl
`;

const OTHERS = ['fish', 'powershell', 'zsh'];

export const completion: Command = {
  name: 'completion',
  summary: 'print the script that makes a shell complete command lines of kubectl',
  usage: 'SHELL',
  // biome-ignore lint/correctness/useYield: it asks nobody
  *run({ args, out, path }) {
    const [shell, more] = args;
    if (shell === undefined) throw new CommandError(`shell not specified\nSee '${path} -h' for help and examples`);
    if (more !== undefined)
      throw new CommandError(
        `too many arguments. Expected only the shell type\nSee '${path} -h' for help and examples`,
      );
    if (OTHERS.includes(shell)) throw new CommandError(`${shell} is not simulated here`);
    if (shell !== 'bash')
      throw new CommandError(`unsupported shell type ${JSON.stringify(shell)}\nSee '${path} -h' for help and examples`);
    out(SCRIPT);
    return 0;
  },
};
