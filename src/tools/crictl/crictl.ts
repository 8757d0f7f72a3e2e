import { timestamp } from '#kernel/calendar.ts';
import { CriError, type CriRuntime } from '#machine/cri.ts';
import type { Program } from '#machine/program.ts';
import { type Flag, FlagError, flag, parseFlags } from '../kubectl/command/flags.ts';
import type { CrictlCommand } from './command.ts';
import { exec } from './exec.ts';
import { inspect, inspectImage, inspectPod } from './inspect.ts';
import { images, listContainers, listPods } from './lists.ts';
import { logs } from './logs.ts';
import { remove, removeImage, stop } from './remove.ts';

const GLOBAL: readonly Flag[] = [
  flag('runtime-endpoint', 'string', { short: 'r' }),
  flag('image-endpoint', 'string', { short: 'i' }),
  flag('timeout', 'duration', { short: 't', default: '2s' }),
  flag('debug', 'bool', { short: 'D' }),
  flag('config', 'string', { short: 'c' }),
];

const COMMANDS: readonly CrictlCommand[] = [
  listContainers,
  listPods,
  images,
  inspect,
  inspectPod,
  inspectImage,
  logs,
  exec,
  stop,
  remove,
  removeImage,
  {
    names: ['version'],
    flags: [],
    run({ runtime, out }) {
      const { runtimeName, runtimeVersion } = runtime.version();
      out(
        `Version:  0.1.0\nRuntimeName:  ${runtimeName}\nRuntimeVersion:  ${runtimeVersion}\nRuntimeApiVersion:  v1\n`,
      );
      return 0;
    },
  },
  {
    names: ['info'],
    flags: [flag('output', 'string', { short: 'o', default: 'json' })],
    run({ runtime, out }) {
      const { runtimeReady, networkReady, networkReason, networkMessage } = runtime.status();
      const conditions = [
        { message: '', reason: '', status: runtimeReady, type: 'RuntimeReady' },
        { message: networkMessage, reason: networkReason, status: networkReady, type: 'NetworkReady' },
      ];
      out(`${JSON.stringify({ status: { conditions } }, undefined, 2)}\n`);
      return 0;
    },
  },
  {
    names: ['pull'],
    flags: [],
    *run({ runtime, args, out }) {
      const [reference = ''] = args;
      const id = yield* runtime.pullImage(reference);
      out(`Image is up to date for ${id}\n`);
      return 0;
    },
  },
];

const SOCKET = '/run/containerd/containerd.sock';

/** crictl: asks the container runtime itself, also while the API server is away (cri-tools). @param isServing whether the runtime listens at its socket */
export function crictl(runtime: CriRuntime, isServing: () => boolean): Program {
  return function* (process) {
    const { out, error } = process.streams;
    const words = process.argv.slice(1);
    let index = 0;
    while (words[index]?.startsWith('-'))
      index += GLOBAL.some(
        (each) => each.kind !== 'bool' && (words[index] === `--${each.name}` || words[index] === `-${each.short}`),
      )
        ? 2
        : 1;
    const name = words[index];
    if (name === '--version' || words.includes('--version')) {
      out('crictl version v1.36.0\n');
      return 0;
    }
    const command = COMMANDS.find(({ names }) => name !== undefined && names.includes(name));
    if (name === undefined || name === 'help') {
      out(`crictl: commands that are simulated here: ${COMMANDS.map(({ names }) => names[0]).join(', ')}\n`);
      return 0;
    }
    if (!command) {
      error(KNOWN.includes(name) ? `crictl: ${name} is not simulated here\n` : `No help topic for '${name}'\n`);
      return KNOWN.includes(name) ? 1 : 3;
    }
    const fatal = (message: string) => {
      error(`time=${JSON.stringify(timestamp(process.kernel.now))} level=fatal msg=${JSON.stringify(message)}\n`);
      return 1;
    };
    try {
      const { values, args } = parseFlags(
        words.slice(index + 1),
        [...GLOBAL, ...command.flags],
        command.stopsAtArgument,
      );
      if (process.files.credentials.uid !== 0)
        return fatal(
          `validate service connection: validate CRI v1 runtime API for endpoint "unix://${SOCKET}": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${SOCKET}: connect: permission denied"`,
        );
      if (!isServing())
        return fatal(
          `validate service connection: validate CRI v1 runtime API for endpoint "unix://${SOCKET}": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${SOCKET}: connect: ${process.files.exists(SOCKET) ? 'connection refused' : 'no such file or directory'}"`,
        );
      const result = command.run({ process, runtime, flags: values, args, out, error, fatal });
      return typeof result === 'number' ? result : yield* result;
    } catch (failure) {
      if (failure instanceof FlagError) {
        if (failure.message.includes('not simulated')) {
          error(`crictl: ${failure.message}\n`);
          return 1;
        }
        error(
          `Incorrect Usage: flag provided but not defined: ${/(-{1,2}[\w-]+)/.exec(failure.message.replace('--', '-'))?.[1] ?? ''}\n\n`,
        );
        return fatal(failure.message);
      }
      if (failure instanceof CriError) return fatal(failure.rpcMessage);
      throw failure;
    }
  };
}

const KNOWN = [
  'attach',
  'checkpoint',
  'completion',
  'config',
  'create',
  'events',
  'imagefsinfo',
  'metricsp',
  'port-forward',
  'run',
  'runp',
  'runtime-config',
  'start',
  'stats',
  'statsp',
  'update',
  'update-runtime-config',
];
