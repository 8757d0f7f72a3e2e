import { Coroutine, type Routine } from '#kernel/coroutine.ts';
import { FsError, readTextIfThere } from '#machine/file-system.ts';
import { type LoginService, SSH_PORT } from '#machine/login.ts';
import { openTerminal } from '#machine/open-terminal.ts';
import type { ProcessContext, Program, StandardStreams } from '#machine/program.ts';
import type { PseudoTerminal } from '#machine/pseudo-terminal.ts';
import type { Terminal } from '#machine/terminal.ts';
import { userName } from '#machine/users.ts';
import { connect, Unreachable } from '../coreutils/network/connect.ts';
import { isAddress, resolveHost } from '../coreutils/network/resolve.ts';

/** ssh's own failures. */
const FAILED = 255;
const PATIENCE = 127_000;
const USAGE = 'usage: ssh [-qtTv] [-l login_name] [-o option] [-p port] destination [command [argument ...]]\n';

interface Wish {
  readonly user: string | undefined;
  readonly host: string;
  readonly command: string | undefined;
  readonly terminal: 'auto' | 'always' | 'never';
  readonly isQuiet: boolean;
  readonly port: number;
}

/** ssh: a shell, or a command, on another machine (OpenSSH's client). Keys and passwords are not asked for. */
export const ssh: Program = function* (process) {
  const wish = readWish(process.argv.slice(1));
  if (typeof wish === 'string') {
    process.streams.error(wish);
    return FAILED;
  }
  const fail = (text: string) => {
    process.streams.error(`ssh: ${text}\n`);
    return FAILED;
  };
  const address = resolveHost(process, wish.host);
  if (address === undefined) return fail(`Could not resolve hostname ${wish.host}: Name or service not known`);
  let service: LoginService | undefined;
  try {
    const listener = yield* connect(process, 'tcp', address, wish.port, PATIENCE);
    service = listener.serves.grpc as LoginService | undefined;
    if (listener.program !== 'sshd' || !service) throw new Unreachable('refused');
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return fail(`connect to host ${wish.host} port ${wish.port}: ${error.message}`);
  }
  return yield* session(process, wish, service);
};

function* session(process: ProcessContext, wish: Wish, service: LoginService): Routine<number> {
  const user = wish.user ?? userName(process.files, process.files.credentials.uid);
  const own = process.streams.controllingTerminal;
  const wantsTerminal = wish.terminal === 'always' || (wish.terminal === 'auto' && wish.command === undefined);
  const env = { TERM: process.env['TERM'] ?? 'dumb', ...keptEnvironment(process) };
  try {
    if (own && wantsTerminal && process.streams.terminal.in)
      return yield* onTerminal(process, own, wish, service, user, env);
    const { controllingTerminal: _none, hold: _own, ...rest } = process.streams;
    const streams: StandardStreams = { ...rest, terminal: {} };
    const child = service.login({ user, command: wish.command, streams, env });
    process.onExit(() => child.kill('HUP'));
    const status = yield* child.wait();
    yield* process.streams.drain();
    return status;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    process.streams.error(`${user}@${wish.host}: Permission denied (publickey).\n`);
    return FAILED;
  }
}

/** A terminal there whose keys are those of the terminal here. */
function* onTerminal(
  process: ProcessContext,
  own: Terminal,
  wish: Wish,
  service: LoginService,
  user: string,
  env: Readonly<Record<string, string>>,
): Routine<number> {
  const { terminal: remote, leader: child } = openTerminal(
    own.size,
    (text, there) => {
      own.out(text);
      there.shown(text.length);
    },
    (streams) => service.login({ user, command: wish.command, streams, env }),
  );
  process.onSignal('WINCH', () => remote.resize(own.size));
  const keys = new Coroutine(
    process.kernel,
    passKeys(own, remote),
    () => undefined,
    () => undefined,
  );
  process.onExit(() => {
    keys.cancel();
    own.setMode('lines');
    remote.hangUp();
  });
  own.setMode('keys');
  const status = yield* child.wait();
  keys.cancel();
  own.setMode('lines');
  if (!wish.isQuiet) process.streams.error(`Connection to ${wish.host} closed.\n`);
  return status;
}

function* passKeys(own: Terminal, remote: PseudoTerminal): Routine<void> {
  for (;;) {
    const text = yield* own.read();
    if (text === undefined) {
      remote.hangUp();
      return;
    }
    remote.input(text);
  }
}

/** What a terminal's name is, is known on the other side too. */
function keptEnvironment({ env }: ProcessContext): Readonly<Record<string, string>> {
  return env['TERM_PROGRAM'] === undefined ? {} : { TERM_PROGRAM: env['TERM_PROGRAM'] };
}

/** @returns what to say of a command line that is none */
function readWish(words: readonly string[]): Wish | string {
  let terminal: Wish['terminal'] = 'auto';
  let isQuiet = false;
  let port = SSH_PORT;
  let login: string | undefined;
  let index = 0;
  for (; words[index]?.startsWith('-'); index += 1) {
    const word = words[index] ?? '';
    if (/^-[loip]$/.test(word)) {
      index += 1;
      const value = words[index];
      if (value === undefined) return `option requires an argument -- ${word.slice(1)}\n${USAGE}`;
      if (word === '-l') login = value;
      if (word === '-p') port = Number(value);
    } else if (/^-[tTqvA46n]+$/.test(word)) {
      if (word.includes('t')) terminal = 'always';
      if (word.includes('T')) terminal = 'never';
      if (word.includes('q')) isQuiet = true;
    } else if (!/^-[op]./.test(word)) return `ssh: ${word} is not simulated here\n`;
  }
  const destination = words[index];
  if (destination === undefined) return USAGE;
  const at = destination.lastIndexOf('@');
  const user = at < 0 ? login : destination.slice(0, at);
  const rest = words.slice(index + 1);
  return {
    user,
    host: destination.slice(at + 1),
    command: rest.length > 0 ? rest.join(' ') : undefined,
    terminal,
    isQuiet,
    port,
  };
}

/** The machines that ssh knows by name, for Tab. */
export function* sshHosts(_words: readonly string[], { files }: ProcessContext): Routine<readonly string[]> {
  const hosts = readTextIfThere(files, '/etc/hosts') ?? '';
  return hosts
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter(([address]) => address !== undefined && isAddress(address) && !address.startsWith('127.'))
    .flatMap(([, ...names]) => names);
}
