import { Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import type { Duplex } from '#machine/http.ts';
import type { Command, Invocation } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { pathOf } from '../connection/discovery.ts';
import type { AnyObject } from '../resources/object.ts';
import { podsOf } from '../resources/pods-of.ts';

/** Channels of remotecommand (k8s.io/apimachinery, util/remotecommand). */
const CHANNELS = { input: 0, output: 1, error: 2, status: 3, resize: 4 } as const;

export const exec: Command = {
  name: 'exec',
  summary: 'Run a command in a container',
  usage: '(POD | TYPE/NAME) [-c CONTAINER] [-it] -- COMMAND [ARGS...]',
  flags: [
    flag('container', 'string', { short: 'c' }),
    flag('stdin', 'bool', { short: 'i' }),
    flag('tty', 'bool', { short: 't' }),
    flag('quiet', 'bool', { short: 'q' }),
    flag('filename', 'list', { short: 'f' }),
    flag('pod-running-timeout', 'duration', { default: '1m0s' }),
  ],
  *run(invocation) {
    const { args, dashAt, flags, session, path } = invocation;
    if (dashAt === undefined && args.length > 1)
      throw new CommandError(
        `exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee '${path} -h' for help and examples`,
      );
    const before = args.slice(0, dashAt ?? args.length);
    const command = args.slice(dashAt ?? args.length);
    const [target] = before;
    if (target === undefined) throw new CommandError(`pod, type/name or --filename must be specified`);
    if (before.length > 1) throw new CommandError('only one target can be named');
    if (command.length === 0) throw new CommandError('you must specify at least one command for the container');
    const [type, name] = target.includes('/') ? target.split('/') : ['pods', target];
    const resource = yield* session.discovery.find(type ?? '');
    const [pod] = yield* podsOf(session, resource, name ?? '');
    if (!pod) throw new CommandError('timed out waiting for the condition');
    return yield* execIn(invocation, pod, { command, container: flags.string('container'), verb: 'exec' });
  },
};

export interface ExecWish {
  readonly command: readonly string[];
  readonly container: string;
  readonly verb: 'exec' | 'attach';
}

interface PodSpec {
  readonly containers: readonly { readonly name: string }[];
  readonly initContainers?: readonly { readonly name: string }[];
}

/** Runs, or attaches to, what is in a Pod; the terminal's keys go there. @returns the exit status of the command */
export function* execIn(
  invocation: Invocation,
  pod: AnyObject,
  { command, container, verb }: ExecWish,
): Routine<number> {
  const { flags, session, error, process } = invocation;
  const { name = '', namespace = '' } = pod.metadata ?? {};
  const { phase } = pod['status'] as { readonly phase?: string };
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new CommandError(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  const spec = pod['spec'] as PodSpec;
  const all = [...spec.containers, ...(spec.initContainers ?? [])].map((each) => each.name);
  const others = [
    ...spec.containers.map((each) => each.name),
    ...(spec.initContainers ?? []).map((each) => `${each.name} (init)`),
  ];
  if (container !== '' && !all.includes(container))
    throw new CommandError(`container ${container} is not valid for pod ${name} out of: ${others.join(', ')}`);
  const chosen =
    container ||
    pod.metadata?.annotations?.['kubectl.kubernetes.io/default-container'] ||
    (spec.containers[0]?.name ?? '');
  if (container === '' && all.length > 1 && !flags.bool('quiet'))
    error(`Defaulted container ${JSON.stringify(chosen)} out of: ${others.join(', ')}\n`);
  const terminal = flags.bool('tty') ? process.streams.controllingTerminal : undefined;
  const isTerminal = flags.bool('tty') && terminal !== undefined && process.streams.terminal.in !== undefined;
  if (flags.bool('tty') && !isTerminal && flags.bool('stdin'))
    error('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  const pods = yield* session.discovery.find('pods');
  const channel = yield* session.upgrade({
    path: `${pathOf(pods, namespace, name)}/${verb}`,
    query: {
      container: chosen,
      ...(verb === 'exec' && { command }),
      stdin: String(flags.bool('stdin')),
      stdout: 'true',
      stderr: String(!isTerminal),
      tty: String(isTerminal),
    },
    headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-protocol': 'v5.channel.k8s.io' },
  });
  return yield* converse(invocation, channel, isTerminal);
}

/** Hands on keys and output until the command has ended. */
function* converse(invocation: Invocation, channel: Duplex, isTerminal: boolean): Routine<number> {
  const { process, flags, out, error } = invocation;
  const terminal = process.streams.controllingTerminal;
  if (isTerminal && terminal) {
    terminal.setMode('keys');
    const size = () =>
      channel.input(CHANNELS.resize, JSON.stringify({ Width: terminal.size.columns, Height: terminal.size.rows }));
    size();
    process.onSignal('WINCH', size);
  }
  const keys = flags.bool('stdin')
    ? new Coroutine(
        process.kernel,
        (function* () {
          for (;;) {
            const text = yield* isTerminal && terminal ? terminal.read() : process.streams.read();
            if (text === undefined) {
              channel.end(CHANNELS.input);
              return;
            }
            channel.input(CHANNELS.input, text);
          }
        })(),
        () => undefined,
        () => undefined,
      )
    : undefined;
  const done = () => {
    keys?.cancel();
    if (isTerminal) terminal?.setMode('lines');
  };
  process.onExit(() => {
    done();
    channel.end();
  });
  const status = yield* wait<string>((resume) => {
    let last = '';
    channel.output.read({
      next: ({ channel: number, data }) => {
        if (number === CHANNELS.output) out(data);
        else if (number === CHANNELS.error) error(data);
        else if (number === CHANNELS.status) last = data;
      },
      end: () => resume(last),
    });
    return undefined;
  });
  done();
  return statusOf(status, error);
}

interface ExecStatus {
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

/** What the server says at the end of an exec. */
function statusOf(text: string, error: (text: string) => void): number {
  if (text === '') return 0;
  const { status, message = '', reason, details } = JSON.parse(text) as ExecStatus;
  if (status === 'Success') return 0;
  const code = details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message;
  if (reason === 'NonZeroExitCode' && code !== undefined) {
    error(`command terminated with exit code ${code}\n`);
    return Number(code);
  }
  throw new CommandError(
    `Internal error occurred: ${message}`.replace(/^Internal error occurred: (?=Internal error)/, ''),
  );
}
