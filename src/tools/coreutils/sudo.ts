import type { Routine } from '#kernel/coroutine.ts';
import { type FileSystem, FsError, readTextIfThere } from '#machine/file-system.ts';
import { credentialsOf, usersOf } from '#machine/users.ts';
import { become } from './run-command.ts';
import type { Tool } from './tool.ts';

const SECURE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** sudo: a command as somebody else, for those whom a file of /etc/sudoers.d allows everything without a password. */
export const sudo: Tool = {
  options: {
    flags: 'inEHSs',
    values: 'u',
    long: { 'user=': 'u', login: 'i', 'non-interactive': 'n', shell: 's' },
    stopsAtOperand: true,
  },
  *run(invocation) {
    const { process, operands, has, value, complain } = invocation;
    if (has('E') || has('S')) {
      complain(`-${has('E') ? 'E' : 'S'} is not simulated here`);
      return 2;
    }
    const { files } = process;
    const users = usersOf(files);
    const caller = users.find(({ uid }) => uid === files.credentials.uid);
    const name = value('u') ?? 'root';
    const target = users.find((user) => user.name === name);
    const credentials = credentialsOf(files, name);
    if (!target || !credentials) {
      complain(`unknown user ${name}`);
      return 1;
    }
    const root = files.as({ credentials: { uid: 0, gid: 0, groups: [] } });
    if (files.credentials.uid !== 0 && !isAllowed(root, caller?.name ?? '')) {
      complain(`${has('n') ? 'a password is required' : 'asking for a password is not simulated here'}`);
      return 1;
    }
    const environment: Record<string, string> = { PATH: SECURE_PATH };
    for (const kept of ['TERM', 'LANG', 'LC_ALL']) {
      const text = process.env[kept];
      if (text !== undefined) environment[kept] = text;
    }
    const isLogin = has('i');
    let index = 0;
    for (; index < operands.length; index += 1) {
      const { key, text } = /^(?<key>[A-Za-z_]\w*)=(?<text>.*)$/s.exec(operands[index] ?? '')?.groups ?? {};
      if (key === undefined || text === undefined) break;
      environment[key] = text;
    }
    const command = operands.slice(index);
    if (command.length === 0 && !isLogin && !has('s')) {
      process.streams.error(
        'usage: sudo -h | -K | -k | -V\nusage: sudo [-n] [-u user] [VAR=value] [-i | -s] [command [arg ...]]\n',
      );
      return 1;
    }
    const shell = isLogin ? target.shell : (process.env['SHELL'] ?? target.shell);
    const line = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    const argv =
      isLogin || has('s')
        ? [isLogin ? `-${shell.split('/').at(-1)}` : shell, ...(command.length > 0 ? ['-c', line] : [])]
        : command;
    const env = {
      ...environment,
      HOME: target.home,
      SHELL: target.shell,
      USER: name,
      LOGNAME: name,
      SUDO_USER: caller?.name ?? 'root',
      SUDO_UID: String(files.credentials.uid),
      SUDO_GID: String(files.credentials.gid),
      SUDO_COMMAND: command.join(' '),
    };
    let running: Routine<number>;
    try {
      const view = files.as({ credentials });
      const options = { env, files: isLogin ? view.as({ workingDirectory: target.home }) : view };
      running =
        isLogin || has('s')
          ? process.exec(shell, { ...options, argv })
          : become({ ...process, files: view }, argv, options);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      complain(
        error.code === 'ENOENT' && !argv[0]?.includes('/')
          ? `${argv[0]}: command not found`
          : `unable to execute ${argv[0]}: ${error.message}`,
      );
      return 1;
    }
    return yield* running;
  },
};

/** `learner ALL=(ALL) NOPASSWD:ALL` */
function isAllowed(root: FileSystem, user: string): boolean {
  return root.glob('/etc/sudoers.d/*').some((path) =>
    (readTextIfThere(root, path) ?? '').split('\n').some((line) => {
      const [who, ...rule] = line.split(/\s+/);
      return who === user && rule.join(' ') === 'ALL=(ALL) NOPASSWD:ALL';
    }),
  );
}
