import type { Routine } from '#kernel/coroutine.ts';
import type { JsonObject } from '../../../cluster/api/json.ts';
import { ApiError } from '../../../cluster/api/status.ts';
import { definitionName, lastApplied, withLastApplied } from '../apply/last-applied.ts';
import { threeWayPatch } from '../apply/three-way-patch.ts';
import type { Command, Invocation } from '../command/command.ts';
import { CommandError, Failures } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { CHANGE_FLAGS, FILE_FLAGS, OUTPUT_FLAGS } from '../command/shared-flags.ts';
import { objectName, pathOf, type Resource } from '../connection/discovery.ts';
import { toJson } from '../printers/json.ts';
import { toYaml } from '../printers/yaml.ts';
import { type Selection, selections } from '../resources/builder.ts';
import { changeQuery, create, type DryRun, dryRunOf, patchTypeOf, report } from '../resources/change.ts';
import { fromSource } from '../resources/from-source.ts';
import type { AnyObject } from '../resources/object.ts';

const MANAGER = 'kubectl-client-side-apply';

export const apply: Command = {
  name: 'apply',
  summary: 'Make resources as files say',
  usage: '-f FILE',
  flags: [
    ...FILE_FLAGS,
    ...CHANGE_FLAGS,
    ...OUTPUT_FLAGS,
    flag('selector', 'string', { short: 'l' }),
    flag('server-side', 'bool', { missing: 'who owns which field is not kept by this cluster' }),
    flag('force-conflicts', 'bool', { missing: '' }),
    flag('prune', 'bool', { missing: '' }),
    flag('force', 'bool'),
    flag('overwrite', 'bool', { default: 'true' }),
    flag('wait', 'bool'),
  ],
  subcommands: [
    {
      name: 'view-last-applied',
      summary: 'Show what was applied before',
      usage: '(TYPE NAME | -f FILE)',
      flags: [...FILE_FLAGS, flag('output', 'string', { short: 'o', default: 'yaml' })],
      *run(invocation) {
        const { args, flags, session, out } = invocation;
        for (const { resource, namespace, name = '' } of yield* selections(session, args, flags)) {
          const object = yield* session.json<AnyObject>({ path: pathOf(resource, namespace, name) });
          const applied = lastApplied(object);
          if (!applied) continue;
          out(flags.string('output') === 'json' ? toJson(applied) : toYaml(applied));
        }
        return 0;
      },
    },
  ],
  *run(invocation) {
    const { flags, args, session, error } = invocation;
    if (flags.list('filename').length === 0) throw new CommandError('must specify one of -f and -k');
    const dryRun = dryRunOf(flags, error);
    const wanted = yield* selections(session, args, flags);
    if (wanted.length === 0) throw new CommandError('no objects passed to apply');
    const errors: unknown[] = [];
    for (const selection of wanted) {
      try {
        yield* applyOne(invocation, selection, dryRun);
      } catch (failure) {
        errors.push(failure);
      }
    }
    if (errors.length > 0) throw Failures.of(errors);
    return 0;
  },
};

function* applyOne(
  invocation: Invocation,
  { resource, namespace, name = '', manifest }: Selection,
  dryRun: DryRun,
): Routine<void> {
  if (!manifest) return;
  const { session, error, flags } = invocation;
  const { object, source } = manifest;
  if (name === '' && object.metadata?.generateName !== undefined)
    throw new CommandError(`from ${object.metadata.generateName}: cannot use generate name with apply`);
  const modified = withLastApplied(object, namespace);
  let current: AnyObject | undefined;
  try {
    current = yield* existing(invocation, { resource, namespace, name });
  } catch (failure) {
    if (!(failure instanceof ApiError)) throw failure;
    failure.message = `error when retrieving current configuration of:\n${identity(resource, name, namespace)}\nfrom server for: ${source}: ${failure.message}`;
    throw failure;
  }
  if (!current) {
    try {
      report(invocation, resource, yield* create(invocation, resource, modified, MANAGER), 'created', dryRun);
    } catch (failure) {
      throw fromSource(failure, source, 'creating');
    }
    return;
  }
  const original = lastApplied(current);
  if (!original)
    error(
      `Warning: resource ${objectName({ ...resource, singular: resource.plural }, name)} is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    );
  const type = patchTypeOf(resource);
  const patch = threeWayPatch(type === 'strategic-merge' ? definitionName(resource) : undefined, {
    original: original ?? {},
    modified: modified as JsonObject,
    current: current as JsonObject,
  });
  if (Object.keys(patch).length === 0) {
    report(invocation, resource, current, 'unchanged', dryRun);
    return;
  }
  if (dryRun === 'client') {
    report(invocation, resource, { ...current, ...modified }, 'configured', dryRun);
    return;
  }
  try {
    const after = yield* session.json<AnyObject>({
      method: 'PATCH',
      path: pathOf(resource, namespace, name),
      query: changeQuery(flags, dryRun, MANAGER),
      headers: { 'content-type': `application/${type}-patch+json` },
      body: patch,
    });
    report(invocation, resource, after, 'configured', dryRun);
  } catch (failure) {
    if (!(failure instanceof ApiError)) throw failure;
    const what = `${JSON.stringify(patch)}\nto:\n${identity(resource, name, namespace)}\nfor: ${source}`;
    failure.message = `error when applying patch:\n${what}: error when patching ${source}: ${failure.message}`;
    throw failure;
  }
}

/** Which object it was, as errors of apply say it. */
function identity({ group, version, plural, kind }: Resource, name: string, namespace = ''): string {
  const place = group === '' ? version : `${group}/${version}`;
  const what = JSON.stringify(`${place}, Resource=${plural}`).replace(/^"(?=v\d)/, group === '' ? '"/' : '"');
  const type = JSON.stringify(`${group === '' ? '/' : `${group}/`}${version}, Kind=${kind}`);
  return `Resource: ${what}, GroupVersionKind: ${type}\nName: ${JSON.stringify(name)}, Namespace: ${JSON.stringify(namespace)}`;
}

function* existing(
  { session }: Invocation,
  { resource, namespace, name }: Pick<Selection, 'resource' | 'namespace' | 'name'>,
): Routine<AnyObject | undefined> {
  try {
    return yield* session.json<AnyObject>({ path: pathOf(resource, namespace, name) });
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
    throw error;
  }
}
