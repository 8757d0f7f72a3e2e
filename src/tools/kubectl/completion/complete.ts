import { Cancelled, type Routine } from '#kernel/coroutine.ts';
import type { ProcessContext } from '#machine/program.ts';
import type { Command } from '../command/command.ts';
import { type Flag, FlagValues, parseFlags } from '../command/flags.ts';
import { COMMANDS } from '../commands/registry.ts';
import { pathOf, resourceName } from '../connection/discovery.ts';
import { Session } from '../connection/session.ts';
import { readTypedLine, type TypedLine, takesValue } from './typed-line.ts';

const FORMATS = [
  'custom-columns=',
  'custom-columns-file=',
  'go-template=',
  'go-template-file=',
  'json',
  'jsonpath=',
  'jsonpath-as-json=',
  'jsonpath-file=',
  'name',
  'wide',
  'yaml',
];

/** Commands whose arguments are Pods. */
const OF_PODS: ReadonlySet<string> = new Set(['attach', 'debug', 'exec', 'logs', 'port-forward', 'top pod']);
const OF_NODES: ReadonlySet<string> = new Set(['cordon', 'drain', 'uncordon', 'top node']);
/** Commands whose first argument is a type, and the others are names of that. */
const OF_TYPES: ReadonlySet<string> = new Set([
  'annotate',
  'autoscale',
  'delete',
  'describe',
  'edit',
  'explain',
  'expose',
  'get',
  'label',
  'patch',
  'rollout history',
  'rollout pause',
  'rollout restart',
  'rollout resume',
  'rollout status',
  'rollout undo',
  'scale',
  'set image',
  'taint',
  'wait',
]);

/** What can stand at the end of a command line of kubectl, as its `__complete` says; files where it says nothing. */
export function* completeKubectl(words: readonly string[], process: ProcessContext): Routine<readonly string[]> {
  const line = readTypedLine(words.slice(1), COMMANDS);
  if (line.isBehindDash) return [];
  try {
    return yield* candidates(line, sessionOf(line, process));
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    // Where the cluster does not answer, nothing is known.
    return [];
  }
}

/** Nobody wants to read what goes wrong while a Tab is answered. */
function sessionOf({ flagWords, flags }: TypedLine, process: ProcessContext): Session {
  const nothing = () => undefined;
  const quiet = { ...process, streams: { ...process.streams, out: nothing, error: nothing } };
  return new Session(quiet, valuesOf(flagWords, flags));
}

function valuesOf(words: readonly string[], flags: readonly Flag[]): FlagValues {
  try {
    return parseFlags(words, flags).values;
  } catch {
    return new FlagValues(new Map(), new Map());
  }
}

function* candidates(line: TypedLine, session: Session): Routine<readonly string[]> {
  const { command, last, flagBefore, flags } = line;
  if (flagBefore) return yield* valuesFor(flagBefore, line, session);
  const assigned = /^(--([\w-]+)=)/.exec(last);
  if (assigned) {
    const flag = flags.find(({ name }) => name === assigned[2]);
    const values = flag ? yield* valuesFor(flag, line, session) : [];
    return values.map((value) => assigned[1] + value);
  }
  if (last.startsWith('-')) return flagNames(flags);
  const below = command ? command.subcommands : COMMANDS;
  if (below && line.args.length === 0) return namesOf(below);
  return yield* argumentsFor(line, session);
}

function namesOf(commands: readonly Command[]): readonly string[] {
  return commands.map(({ name }) => name);
}

function flagNames(flags: readonly Flag[]): readonly string[] {
  return flags
    .filter(({ missing }) => missing === undefined)
    .flatMap((flag) => [
      `--${flag.name}${takesValue(flag) ? '=' : ''}`,
      ...(flag.short === undefined || flag.short === flag.name ? [] : [`-${flag.short}`]),
    ]);
}

function* valuesFor({ name }: Flag, line: TypedLine, session: Session): Routine<readonly string[]> {
  const { config } = session;
  switch (name) {
    case 'namespace':
      return yield* objectNames('namespaces', session);
    case 'output':
      return FORMATS;
    case 'context':
      return (config.contexts ?? []).map((each) => each.name);
    case 'cluster':
      return (config.clusters ?? []).map((each) => each.name);
    case 'user':
      return (config.users ?? []).map((each) => each.name);
    case 'container':
      return yield* containerNames(line.args[0] ?? '', session);
    case 'dry-run':
      return ['none', 'server', 'client'];
    default:
      return [];
  }
}

function* argumentsFor({ path, args, last }: TypedLine, session: Session): Routine<readonly string[]> {
  if (OF_NODES.has(path)) return yield* objectNames('nodes', session);
  if (OF_PODS.has(path)) {
    if (args.length === 0) return yield* objectNames('pods', session);
    return path === 'logs' ? yield* containerNames(args[0] ?? '', session) : [];
  }
  if (path === 'completion') return ['bash'];
  if (path === 'config use-context') return (session.config.contexts ?? []).map(({ name }) => name);
  if (!OF_TYPES.has(path)) return [];
  const [type] = args;
  if (type !== undefined) return type.includes('/') || path === 'explain' ? [] : yield* objectNames(type, session);
  const slash = last.indexOf('/');
  if (slash < 0) return yield* typeNames(session);
  const head = last.slice(0, slash);
  return (yield* objectNames(head, session)).map((name) => `${head}/${name}`);
}

function* typeNames(session: Session): Routine<readonly string[]> {
  const all = yield* session.discovery.all();
  return all.filter(({ verbs }) => verbs.includes('get')).map(resourceName);
}

function* objectNames(type: string, session: Session): Routine<readonly string[]> {
  const resource = yield* session.discovery.find(type);
  const path = pathOf(resource, session.namespace);
  const list = yield* session.json<{ readonly items?: readonly { readonly metadata: { readonly name: string } }[] }>({
    path,
  });
  return (list.items ?? []).map(({ metadata }) => metadata.name);
}

interface Containers {
  readonly spec?: Readonly<Record<'containers' | 'initContainers', readonly { readonly name: string }[] | undefined>>;
}

function* containerNames(pod: string, session: Session): Routine<readonly string[]> {
  const resource = yield* session.discovery.find('pods');
  const { spec } = yield* session.json<Containers>({
    path: pathOf(resource, session.namespace, pod.replace(/^pods?\//, '')),
  });
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map(({ name }) => name);
}
