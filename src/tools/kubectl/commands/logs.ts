import { parseTime } from '#kernel/calendar.ts';
import { Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import { ApiError } from '../../../cluster/api/status.ts';
import type { Command, Invocation } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { pathOf, type Resource } from '../connection/discovery.ts';
import { readerOf, type Session } from '../connection/session.ts';
import type { AnyObject } from '../resources/object.ts';
import { podsOf } from '../resources/pods-of.ts';

interface Container {
  readonly name: string;
}

interface PodSpec {
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly ephemeralContainers?: readonly Container[];
}

/** One log: of a container of a Pod. */
interface Log {
  readonly pod: string;
  readonly namespace: string;
  readonly container: string;
}

const ALL = -1;

export const logs: Command = {
  name: 'logs',
  aliases: ['log'],
  summary: 'Print what a container wrote',
  usage: '[-f] [-p] (POD | TYPE/NAME | -l SELECTOR) [-c CONTAINER]',
  flags: [
    flag('follow', 'bool', { short: 'f' }),
    flag('previous', 'bool', { short: 'p' }),
    flag('container', 'string', { short: 'c' }),
    flag('all-containers', 'bool'),
    flag('all-pods', 'bool'),
    flag('tail', 'int', { default: '-1' }),
    flag('since', 'duration', { default: '0' }),
    flag('since-time', 'string'),
    flag('timestamps', 'bool'),
    flag('limit-bytes', 'int', { default: '0' }),
    flag('prefix', 'bool'),
    flag('selector', 'string', { short: 'l' }),
    flag('max-log-requests', 'int', { default: '5' }),
    flag('ignore-errors', 'bool'),
    flag('pod-running-timeout', 'duration', { default: '20s' }),
    flag('insecure-skip-tls-verify-backend', 'bool', { missing: '' }),
  ],
  *run(invocation) {
    const { flags, args, path } = invocation;
    if (flags.has('since') && flags.has('since-time'))
      throw new CommandError('at most one of `sinceTime` or `sinceSeconds` may be specified');
    if (flags.has('since-time') && Number.isNaN(parseTime(flags.string('since-time'))))
      throw new CommandError(
        `parsing time ${JSON.stringify(flags.string('since-time'))} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(flags.string('since-time'))} as "2006"`,
      );
    const selector = flags.string('selector');
    if (args.length === 0 && selector === '')
      throw new CommandError(
        `expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command\nSee '${path} -h' for help and examples`,
      );
    if (args.length > 0 && selector !== '') throw new CommandError('only a selector (-l) or a POD name is allowed');
    if (args.length > 2)
      throw new CommandError(
        `expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command\nSee '${path} -h' for help and examples`,
      );
    if (flags.bool('all-containers') && flags.has('container'))
      throw new CommandError('--all-containers=true should not be specified with container name');
    const wanted = yield* logsOf(invocation);
    return flags.bool('follow') && wanted.length > 1
      ? yield* together(invocation, wanted)
      : yield* oneByOne(invocation, wanted);
  },
};

function* logsOf(invocation: Invocation): Routine<readonly Log[]> {
  const { session, args, flags } = invocation;
  const selector = flags.string('selector');
  const pods = yield* session.discovery.find('pods');
  const [target = '', second] = args;
  if (selector !== '') {
    const list = yield* session.json<{ readonly items: readonly AnyObject[] }>({
      path: pathOf(pods, session.namespace),
      query: { labelSelector: selector },
    });
    if (list.items.length === 0) invocation.error(`No resources found in ${session.namespace} namespace.\n`);
    return list.items.flatMap((pod) => containersOf(invocation, pod));
  }
  const container = flags.has('container') ? undefined : second;
  if (!target.includes('/')) {
    return containersOf(
      invocation,
      yield* podNamed(session, pathOf(pods, session.namespace, target), target),
      container,
    );
  }
  const [type = '', name = ''] = target.split('/');
  const resource = yield* session.discovery.find(type);
  const owned = yield* podsOf(session, resource, name);
  const [first] = owned;
  if (!first) throw new CommandError(`timed out waiting for the condition`);
  if (owned.length > 1 && !flags.bool('all-pods')) {
    invocation.error(`Found ${owned.length} pods, using pod/${first.metadata?.name ?? ''}\n`);
    return containersOf(invocation, first, container);
  }
  return owned.flatMap((pod) => containersOf(invocation, pod, container));
}

/** @throws CommandError */
function* podNamed(session: Session, path: string, name: string): Routine<AnyObject> {
  try {
    return yield* session.json<AnyObject>({ path });
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'NotFound') throw error;
    throw new CommandError(
      `error from server (NotFound): pods ${JSON.stringify(name)} not found in namespace ${JSON.stringify(session.namespace)}`,
    );
  }
}

function containersOf({ flags, error }: Invocation, pod: AnyObject, wanted = ''): readonly Log[] {
  const { name = '', namespace = '' } = pod.metadata ?? {};
  const spec = pod['spec'] as PodSpec;
  const all = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])].map(
    (each) => each.name,
  );
  const others = [
    ...spec.containers.map((each) => each.name),
    ...(spec.initContainers ?? []).map((each) => `${each.name} (init)`),
    ...(spec.ephemeralContainers ?? []).map((each) => `${each.name} (ephem)`),
  ];
  const log = (container: string): Log => ({ pod: name, namespace, container });
  if (flags.bool('all-containers')) return all.map(log);
  const given = flags.string('container') || wanted;
  if (given !== '') {
    if (!all.includes(given))
      throw new CommandError(`container ${given} is not valid for pod ${name} out of: ${others.join(', ')}`);
    return [log(given)];
  }
  const preferred = pod.metadata?.annotations?.['kubectl.kubernetes.io/default-container'];
  const first = preferred ?? spec.containers[0]?.name ?? '';
  if (preferred === undefined && all.length > 1 && flags.string('selector') === '') {
    error(`Defaulted container ${JSON.stringify(first)} out of: ${others.join(', ')}\n`);
  }
  return [log(first)];
}

function queryOf({ flags }: Invocation, { container }: Log) {
  const isSelected = flags.string('selector') !== '';
  const tail = flags.has('tail')
    ? flags.number('tail')
    : isSelected && !flags.bool('follow')
      ? 10
      : isSelected
        ? 10
        : ALL;
  return {
    container,
    ...(flags.bool('follow') && { follow: 'true' }),
    ...(flags.bool('previous') && { previous: 'true' }),
    ...(flags.bool('timestamps') && { timestamps: 'true' }),
    ...(tail >= 0 && { tailLines: String(tail) }),
    ...(flags.has('since') && { sinceSeconds: String(Math.ceil(flags.duration('since') / 1000)) }),
    ...(flags.has('since-time') && { sinceTime: flags.string('since-time') }),
    ...(flags.number('limit-bytes') > 0 && { limitBytes: flags.string('limit-bytes') }),
  };
}

function* print(invocation: Invocation, pods: Resource, log: Log): Routine<void> {
  const { session, out, flags, process } = invocation;
  const prefix = flags.bool('prefix') ? `[pod/${log.pod}/${log.container}] ` : '';
  const response = yield* session.request({
    path: `${pathOf(pods, log.namespace, log.pod)}/log`,
    query: queryOf(invocation, log),
    headers: { accept: 'application/json, */*' },
  });
  let isAtStart = true;
  const write = (text: string) => {
    if (prefix === '') out(text);
    else {
      for (const line of text.split(/(?<=\n)/)) {
        if (line === '') continue;
        out((isAtStart ? prefix : '') + line);
        isAtStart = line.endsWith('\n');
      }
    }
  };
  if (!response.stream) {
    if (typeof response.body === 'string') write(response.body);
    return;
  }
  const { stream } = response;
  process.onExit(() => stream.close());
  const next = readerOf(stream);
  for (let value = yield* next(); value !== undefined; value = yield* next()) {
    write(String(value));
    yield* process.streams.drain();
  }
}

function* oneByOne(invocation: Invocation, wanted: readonly Log[]): Routine<number> {
  const pods = yield* invocation.session.discovery.find('pods');
  for (const log of wanted) yield* print(invocation, pods, log);
  return 0;
}

function* together(invocation: Invocation, wanted: readonly Log[]): Routine<number> {
  const { flags, session, process } = invocation;
  const most = flags.number('max-log-requests');
  if (wanted.length > most)
    throw new CommandError(
      `you are attempting to follow ${wanted.length} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`,
    );
  const pods = yield* session.discovery.find('pods');
  let left = wanted.length;
  yield* wait<void>((resume, fail) => {
    const running = wanted.map(
      (log) =>
        new Coroutine(
          process.kernel,
          print(invocation, pods, log),
          () => {
            left -= 1;
            if (left === 0) resume();
          },
          (error) => fail(error instanceof Error ? error : new Error(String(error))),
        ),
    );
    return () => {
      for (const each of running) each.cancel();
    };
  });
  return 0;
}
