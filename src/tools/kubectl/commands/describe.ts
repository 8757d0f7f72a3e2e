import type { Routine } from '#kernel/coroutine.ts';
import { ApiError } from '../../../cluster/api/status.ts';
import type { Command, Invocation } from '../command/command.ts';
import { CommandError, Failures } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { FILE_FLAGS } from '../command/shared-flags.ts';
import { pathOf, resourceName } from '../connection/discovery.ts';
import { describerOf } from '../describe/describers.ts';
import { type EventObject, events } from '../describe/metadata.ts';
import { Description } from '../describe/text.ts';
import { selections } from '../resources/builder.ts';
import type { AnyObject } from '../resources/object.ts';
import { objectOf, type Target, targetsOf } from '../resources/visit.ts';

export const describe: Command = {
  name: 'describe',
  summary: 'Show resources in detail, with what happened to them',
  usage: '(-f FILE | TYPE [NAME_PREFIX | -l SELECTOR] | TYPE/NAME)',
  flags: [
    ...FILE_FLAGS,
    flag('selector', 'string', { short: 'l' }),
    flag('all-namespaces', 'bool', { short: 'A' }),
    flag('show-events', 'bool', { default: 'true' }),
    flag('chunk-size', 'int', { default: '500' }),
  ],
  *run(invocation) {
    const { session, args, flags, out, error } = invocation;
    if (args.length === 0 && flags.list('filename').length === 0)
      throw new CommandError(
        'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
        { isWhole: true },
      );
    const wanted = yield* selections(session, args, flags, { allowsAll: true });
    const errors: unknown[] = [];
    let isFirst = true;
    const targets: Target[] = [];
    for (const selection of wanted) {
      try {
        targets.push(...(yield* found(invocation, yield* targetsOf(session, [selection], flags))));
      } catch (failure) {
        if (!(failure instanceof ApiError)) throw failure;
        errors.push(failure);
      }
    }
    const showsEvents = flags.has('show-events') ? flags.bool('show-events') : targets.length + errors.length < 2;
    for (const target of targets) {
      out(`${isFirst ? '' : '\n\n'}${yield* describeOne(invocation, target, showsEvents)}`);
      isFirst = false;
    }
    if (errors.length > 0) throw Failures.of(errors);
    if (isFirst)
      error(
        session.isNamespaceGiven || !flags.bool('all-namespaces')
          ? `No resources found in ${session.namespace} namespace.\n`
          : 'No resources found\n',
      );
    return 0;
  },
};

/** What is named, or, when there is none of that name, all whose names begin so. */
function* found({ session }: Invocation, targets: readonly Target[]): Routine<readonly Target[]> {
  const all: Target[] = [];
  for (const target of targets) {
    if (target.object) {
      all.push(target);
      continue;
    }
    try {
      all.push({ ...target, object: yield* objectOf(session, target) });
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'NotFound') throw error;
      const { items } = yield* session.json<{ readonly items: readonly AnyObject[] }>({
        path: pathOf(target.resource, target.namespace),
      });
      const like = items.filter(({ metadata }) => metadata?.name?.startsWith(target.name));
      if (like.length === 0) throw error;
      for (const object of like)
        all.push({ ...target, name: object.metadata?.name ?? '', object: { ...object, kind: target.resource.kind } });
    }
  }
  return all;
}

function* describeOne({ session }: Invocation, target: Target, showsEvents: boolean): Routine<string> {
  const object = yield* objectOf(session, target);
  const describer = describerOf(resourceName(target.resource));
  const related = describer.related ? yield* describer.related(session, object) : {};
  const { now } = session.process.kernel;
  const text = new Description();
  describer.describe(text, object, { now, related });
  if (showsEvents && !describer.hasNoEvents) events(text, yield* eventsOf({ session }, target, object), now);
  return String(text);
}

function* eventsOf(
  { session }: Pick<Invocation, 'session'>,
  { resource }: Target,
  object: AnyObject,
): Routine<readonly EventObject[]> {
  const { name = '', namespace, uid = '', annotations = {} } = object.metadata ?? {};
  // The kubelet knows its mirror by the hash of its file; a node by its name.
  const own = resource.plural === 'nodes' ? name : (annotations['kubernetes.io/config.mirror'] ?? uid);
  const selector = [
    `involvedObject.name=${name}`,
    ...(namespace === undefined ? [] : [`involvedObject.namespace=${namespace}`]),
    `involvedObject.kind=${resource.kind}`,
  ];
  const { items } = yield* session.json<{ readonly items: readonly EventObject[] }>({
    path: namespace === undefined ? '/api/v1/events' : `/api/v1/namespaces/${namespace}/events`,
    query: {
      fieldSelector: [...selector, ...(resource.plural === 'nodes' ? [] : [`involvedObject.uid=${own}`])].join(','),
    },
  });
  return items;
}
