import type { Routine } from '#kernel/coroutine.ts';
import { CommandError } from '../command/errors.ts';
import type { FlagValues } from '../command/flags.ts';
import type { Resource } from '../connection/discovery.ts';
import type { Session } from '../connection/session.ts';
import { type ManifestObject, readManifests } from './manifest.ts';

/** What a command line names: objects by name, all of a type, or objects of files. */
export interface Selection {
  readonly resource: Resource;
  /** Undefined: all that the selectors leave. */
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  /** Of a file. */
  readonly manifest?: ManifestObject;
}

export interface BuilderOptions {
  /** Without names all objects of a type are meant. */
  readonly allowsAll?: boolean;
  /** `TYPE NAME`, `TYPE/NAME` only. */
  readonly needsNames?: boolean;
  /** What arguments without a type are of. */
  readonly defaultType?: string;
}

/**
 * What arguments and flags name (cli-runtime, resource.Builder).
 *
 * @throws CommandError in the real words for what is named wrongly
 */
export function* selections(
  session: Session,
  args: readonly string[],
  flags: FlagValues,
  options: BuilderOptions = {},
): Routine<readonly Selection[]> {
  const paths = flags.list('filename');
  if (flags.list('kustomize').length > 0 || flags.string('kustomize') !== '')
    throw new CommandError('--kustomize is not simulated here');
  if (paths.length > 0) {
    if (args.length > 0)
      throw new CommandError(
        'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
      );
    return yield* ofManifests(session, yield* readManifests(session.process, paths, flags.bool('recursive')));
  }
  const namespace = flags.bool('all-namespaces') ? undefined : session.namespace;
  const [first, ...rest] = args;
  if (first === undefined)
    throw new CommandError(
      "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
      {},
    );
  if (args.some((arg) => arg.includes('/'))) return yield* byPath(session, args, namespace);
  if (options.defaultType !== undefined) {
    const resource = yield* session.discovery.find(options.defaultType);
    return args.map((name) => ({ resource, name, namespace: placeOf(resource, namespace) }));
  }
  const resources = [...new Set(yield* typesOf(session, first))];
  const selects = flags.string('selector') !== '' || flags.string('field-selector') !== '' || flags.bool('all');
  if (rest.length > 0) {
    if (flags.string('selector') !== '') throw new CommandError('name cannot be provided when a selector is specified');
    if (flags.bool('all-namespaces') && resources.some(({ isNamespaced }) => isNamespaced))
      throw new CommandError('a resource cannot be retrieved by name across all namespaces');
    return resources.flatMap((resource) =>
      rest.map((name) => ({ resource, name, namespace: placeOf(resource, namespace) })),
    );
  }
  if (!selects && !options.allowsAll) throw new CommandError('resource(s) were provided, but no name was specified');
  return resources.map((resource) => ({ resource, name: undefined, namespace: placeOf(resource, namespace) }));
}

/** `pods,svc`, `all` */
function* typesOf(session: Session, text: string): Routine<readonly Resource[]> {
  const resources: Resource[] = [];
  for (const type of text.split(',')) {
    if (type === '') throw new CommandError(`the server doesn't have a resource type ""`);
    const members = yield* session.discovery.category(type);
    if (members.length > 0) resources.push(...members);
    else resources.push(yield* session.discovery.find(type));
  }
  return resources;
}

function* byPath(
  session: Session,
  args: readonly string[],
  namespace: string | undefined,
): Routine<readonly Selection[]> {
  const found: Selection[] = [];
  for (const arg of args) {
    const parts = arg.split('/');
    if (parts.length === 1)
      throw new CommandError(
        `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`,
      );
    const [type = '', name = ''] = parts;
    if (parts.length > 2) throw new CommandError('arguments in resource/name form may not have more than one slash');
    if (type === '' || name === '')
      throw new CommandError('arguments in resource/name form must have a single resource and name');
    if (namespace === undefined) throw new CommandError('a resource cannot be retrieved by name across all namespaces');
    const resource = yield* session.discovery.find(type);
    found.push({ resource, name, namespace: placeOf(resource, namespace) });
  }
  return found;
}

function* ofManifests(session: Session, manifests: readonly ManifestObject[]): Routine<readonly Selection[]> {
  const found: Selection[] = [];
  for (const manifest of manifests) {
    const { object, source } = manifest;
    let resource: Resource;
    try {
      resource = yield* session.discovery.ofKind(object.apiVersion ?? '', object.kind ?? '');
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      const name = object.metadata?.name ?? '';
      throw new CommandError(
        `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(object.metadata?.namespace ?? '')} from ${source}: ${error.message}\nensure CRDs are installed first`,
      );
    }
    const own = object.metadata?.namespace;
    if (resource.isNamespaced && own !== undefined && session.isNamespaceGiven && own !== session.namespace)
      throw new CommandError(
        `the namespace from the provided object ${JSON.stringify(own)} does not match the namespace ${JSON.stringify(session.namespace)}. You must pass '--namespace=${own}' to perform this operation.`,
      );
    found.push({
      resource,
      name: object.metadata?.name,
      namespace: resource.isNamespaced ? (own ?? session.namespace) : undefined,
      manifest,
    });
  }
  return found;
}

function placeOf({ isNamespaced }: Resource, namespace: string | undefined): string | undefined {
  return isNamespaced ? namespace : undefined;
}
