import { type Routine, sleep } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import { credentialsOf, usersOf } from '#machine/users.ts';
import type { Invocation, Tool } from './tool.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games';
const ROOTS_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Whoever has it wrong waits so many milliseconds. */
const PENALTY = 2_000;

/** su: a shell as somebody else. Root becomes everybody; nobody here has a password with which others could. */
export const su: Tool = {
  options: {
    flags: 'lmp',
    values: 'cs',
    long: { login: 'l', 'command=': 'c', 'shell=': 's', 'preserve-environment': 'p' },
  },
  *run(invocation) {
    const { process, operands, has, value, complain } = invocation;
    if (has('m') || has('p')) {
      complain('-p is not simulated here');
      return 1;
    }
    const isLogin = has('l') || operands[0] === '-';
    const [name = 'root'] = operands[0] === '-' ? operands.slice(1) : operands;
    const { files } = process;
    const user = usersOf(files).find((each) => each.name === name);
    const credentials = credentialsOf(files, name);
    if (!user || !credentials) {
      complain(`user ${name} does not exist or the user entry does not contain all the required fields`);
      return 1;
    }
    if (files.credentials.uid !== 0) return yield* refusePassword(invocation);
    const shell = value('s') ?? user.shell;
    const command = value('c');
    const base = shell.split('/').at(-1) ?? '';
    const kept = process.env['TERM'] === undefined ? {} : { TERM: process.env['TERM'] };
    const who = name === 'root' && !isLogin ? {} : { USER: name, LOGNAME: name };
    const own = { HOME: user.home, SHELL: shell, PATH: user.uid === 0 ? ROOTS_PATH : PATH, ...who };
    const view = files.as({ credentials });
    try {
      return yield* process.exec(shell, {
        argv: [isLogin ? `-${base}` : base, ...(command === undefined ? [] : ['-c', command])],
        env: isLogin ? { ...kept, ...own } : { ...process.env, ...own },
        files: isLogin ? view.as({ workingDirectory: user.home }) : view,
      });
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      complain(`failed to execute ${shell}: ${error.message}`);
      return error.code === 'ENOENT' ? 127 : 126;
    }
  },
};

/** Whatever is typed is wrong. */
function* refusePassword({ process, complain }: Invocation): Routine<number> {
  const { streams, kernel } = process;
  const terminal = streams.terminal.in ? streams.controllingTerminal : undefined;
  streams.error('Password: ');
  terminal?.setMode('hidden');
  try {
    yield* streams.read();
  } finally {
    terminal?.setMode('lines');
  }
  if (terminal) streams.error('\n');
  yield* sleep(kernel, PENALTY);
  complain('Authentication failure');
  return 1;
}
