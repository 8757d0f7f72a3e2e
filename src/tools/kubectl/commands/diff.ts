import type { Routine } from '#kernel/coroutine.ts';
import { lookUp } from '#machine/command-path.ts';
import type { JsonObject } from '../../../cluster/api/json.ts';
import { ApiError } from '../../../cluster/api/status.ts';
import { definitionName, lastApplied, withLastApplied } from '../apply/last-applied.ts';
import { threeWayPatch } from '../apply/three-way-patch.ts';
import type { Command, Invocation } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { CHANGE_FLAGS, FILE_FLAGS } from '../command/shared-flags.ts';
import { pathOf } from '../connection/discovery.ts';
import { toYaml } from '../printers/yaml.ts';
import { type Selection, selections } from '../resources/builder.ts';
import { patchTypeOf } from '../resources/change.ts';
import type { AnyObject } from '../resources/object.ts';

export const diff: Command = {
  name: 'diff',
  summary: 'Show what apply would change',
  usage: '-f FILE',
  flags: [
    ...FILE_FLAGS,
    ...CHANGE_FLAGS,
    flag('selector', 'string', { short: 'l' }),
    flag('server-side', 'bool', { missing: '' }),
    flag('prune', 'bool', { missing: '' }),
    flag('show-managed-fields', 'bool'),
  ],
  *run(invocation) {
    const { flags, args, session, process } = invocation;
    if (flags.list('filename').length === 0) throw new CommandError('must specify one of -f and -k', { status: 2 });
    const number = process.kernel.random.int(1_000_000_000);
    const [live, merged] = [`/tmp/LIVE-${number}`, `/tmp/MERGED-${number}`];
    process.files.mkdir(live);
    process.files.mkdir(merged);
    for (const selection of yield* selections(session, args, flags)) {
      const { resource, namespace = '', name = '' } = selection;
      const file = [
        ...(resource.group === '' ? [] : [resource.group]),
        resource.version,
        resource.kind,
        namespace,
        name,
      ].join('.');
      const [now, then] = yield* bothOf(invocation, selection);
      process.files.writeText(`${live}/${file}`, now ? toYaml(cleaned(now)) : '');
      process.files.writeText(`${merged}/${file}`, toYaml(cleaned(then)));
    }
    const argv = [...(process.env['KUBECTL_EXTERNAL_DIFF'] ?? 'diff -u -N').split(' '), live, merged];
    const child = process.spawn(lookUp(process.files, argv[0] ?? '', process.env['PATH'] ?? ''), { argv });
    const status = yield* child.wait();
    for (const path of [live, merged]) process.files.remove(path);
    return status;
  },
};

/** The object as it is, and as apply would leave it. */
function* bothOf(
  { session }: Invocation,
  { resource, namespace, name = '', manifest }: Selection,
): Routine<readonly [AnyObject | undefined, AnyObject]> {
  const object = manifest?.object ?? {};
  const modified = withLastApplied(object, namespace);
  let current: AnyObject | undefined;
  try {
    current = yield* session.json<AnyObject>({ path: pathOf(resource, namespace, name) });
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'NotFound') throw error;
    return [
      undefined,
      yield* session.json<AnyObject>({
        method: 'POST',
        path: pathOf(resource, namespace),
        query: { dryRun: 'All' },
        body: modified,
      }),
    ];
  }
  const type = patchTypeOf(resource);
  const body = threeWayPatch(type === 'strategic-merge' ? definitionName(resource) : undefined, {
    original: lastApplied(current) ?? {},
    modified: modified as JsonObject,
    current: current as JsonObject,
  });
  const after = yield* session.json<AnyObject>({
    method: 'PATCH',
    path: pathOf(resource, namespace, name),
    query: { dryRun: 'All' },
    headers: { 'content-type': `application/${type}-patch+json` },
    body,
  });
  return [current, after];
}

function cleaned(object: AnyObject): AnyObject {
  const { managedFields: _left, annotations: noted, ...metadata } = object.metadata ?? {};
  const { 'kubectl.kubernetes.io/last-applied-configuration': _own, ...annotations } = noted ?? {};
  return { ...object, metadata: { ...metadata, ...(Object.keys(annotations).length > 0 && { annotations }) } };
}
