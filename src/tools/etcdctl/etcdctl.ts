import { microTimestamp } from '#kernel/calendar.ts';
import type { Routine } from '#kernel/coroutine.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { Client } from './client.ts';
import type { Command } from './command.ts';
import { CommandError, EXIT, type Flags, flagsOfEnvironment, GLOBAL_FLAGS, readFlags } from './flags.ts';
import { del, get, put, watch } from './keys.ts';
import { grant, keepAlive, list, revoke, timeToLive } from './leases.ts';
import { alarmList, compaction, defrag, hashKv, health, memberList, snapshotSave, status } from './maintenance.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  'alarm list': alarmList,
  compaction,
  defrag,
  del,
  'endpoint hashkv': hashKv,
  'endpoint health': health,
  'endpoint status': status,
  get,
  'lease grant': grant,
  'lease keep-alive': keepAlive,
  'lease list': list,
  'lease revoke': revoke,
  'lease timetolive': timeToLive,
  'member list': memberList,
  put,
  'snapshot save': snapshotSave,
  watch,
};

/** What etcdctl has beside those. */
const NOT_SIMULATED = [
  ...['alarm disarm', 'auth', 'check', 'completion', 'downgrade', 'elect', 'lock', 'make-mirror', 'member add'],
  ...['member promote', 'member remove', 'member update', 'move-leader', 'role', 'txn', 'user'],
];

const VERSION = '3.6.8';
const API_VERSION = '3.6';

/** etcdctl of etcd 3.6: asks an etcd over its gRPC service. */
export const etcdctl: Program = function* etcdctl(process: ProcessContext): Routine<number> {
  const { streams, argv } = process;
  let code: number;
  try {
    code = yield* run(process, argv.slice(1));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (error.message !== '') streams.error(`Error: ${error.message}\n`);
    code = error.status;
  }
  yield* streams.drain();
  return code;
};

function* run(process: ProcessContext, words: readonly string[]): Routine<number> {
  const { streams } = process;
  const { name, command, rest } = commandOf(words);
  if (name === 'version') {
    streams.out(`etcdctl version: ${VERSION}\nAPI version: ${API_VERSION}\n`);
    return 0;
  }
  if (!command) return help(process, name, rest);
  const spec = { ...GLOBAL_FLAGS, ...command.flags };
  let flags = readFlags(rest, spec);
  if (flags.has('help')) {
    streams.out(helpOf(command));
    return 0;
  }
  flags = readFlags([...environment(process, flags), ...rest], spec);
  checkFormat(name, command, flags);
  const out = (text: string) => streams.out(text);
  return yield* command.run({ process, flags, client: new Client(process, flags), out });
}

/** The command that words name, and the words beside its name; global flags may stand before it. */
function commandOf(words: readonly string[]): {
  readonly name: string;
  readonly command: Command | undefined;
  readonly rest: readonly string[];
} {
  const at = firstWord(words);
  const one = words[at] ?? '';
  const next = words.slice(at + 1).findIndex((word) => !word.startsWith('-'));
  const two = next < 0 ? one : `${one} ${words[at + 1 + next]}`;
  for (const name of [one, two]) {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) continue;
    const used = name === one ? [at] : [at, at + 1 + next];
    return { name, command, rest: words.filter((_, index) => !used.includes(index)) };
  }
  return { name: NOT_SIMULATED.includes(two) ? two : one, command: undefined, rest: words.slice(at + 1) };
}

/** Where the first word is that is no flag, nor the value of one. */
function firstWord(words: readonly string[]): number {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (!word.startsWith('-')) return index;
    const name = word === '-w' ? 'write-out' : word.replace(/^--?/, '');
    if (!word.includes('=') && typeof GLOBAL_FLAGS[name] === 'string') index += 1;
  }
  return words.length;
}

function environment(process: ProcessContext, flags: Flags): readonly string[] {
  const { env, streams, kernel } = process;
  return flagsOfEnvironment(env, flags, (level, msg, variable) =>
    streams.error(
      `${JSON.stringify({
        level,
        ts: microTimestamp(kernel.now),
        caller: level === 'warn' ? 'flags/flag.go:94' : 'flags/flag.go:86',
        msg,
        'environment-variable': variable,
      })}\n`,
    ),
  );
}

/** @throws CommandError for a way to print that the command has not */
function checkFormat(name: string, { formats = [] }: Command, flags: Flags): void {
  const format = flags.text('write-out');
  if (format === 'simple' || formats.some((each) => each === format)) return;
  if (!['table', 'json', 'fields', 'protobuf'].includes(format))
    throw new CommandError('unsupported output format', EXIT.badFeature);
  if (format === 'table') throw new CommandError('table not supported as output format', EXIT.badFeature);
  throw new CommandError(`${name}: --write-out=${format} is not simulated here`, EXIT.badFeature);
}

function help({ streams }: ProcessContext, name: string, rest: readonly string[]): number {
  if (NOT_SIMULATED.includes(name)) {
    streams.error(`etcdctl: ${name} is not simulated here\n`);
    return EXIT.error;
  }
  const inside = Object.entries(COMMANDS).filter(
    ([each]) => name === '' || name === 'help' || each.startsWith(`${name} `),
  );
  if (inside.length === 0) {
    streams.error(`Error: unknown command ${JSON.stringify(name)} for "etcdctl"\nRun 'etcdctl --help' for usage.\n`);
    return EXIT.error;
  }
  // What stands before a command is read with it: without one it must be a global flag, too.
  readFlags(rest, GLOBAL_FLAGS);
  const width = Math.max(...inside.map(([each]) => each.length));
  const lines = inside.map(([each, { summary }]) => `  ${each.padEnd(width)}  ${summary}\n`);
  streams.out(
    `USAGE:\n  etcdctl ${name === '' || name === 'help' ? '' : `${name} `}<command> [flags]\n\nCOMMANDS:\n${lines.join('')}`,
  );
  return 0;
}

function helpOf({ summary, usage, flags = {} }: Command): string {
  const list = (spec: typeof flags) =>
    Object.entries(spec)
      .map(([flag, value]) => `      --${flag}=${JSON.stringify(value)}\n`)
      .join('');
  return `${summary}\n\nUSAGE:\n  etcdctl ${usage} [flags]\n\nOPTIONS:\n${list(flags)}\nGLOBAL OPTIONS:\n${list(GLOBAL_FLAGS)}`;
}
