import type { HttpRequest } from '#machine/http.ts';
import type { AnyKind } from '../api/kinds/kinds.ts';
import { ApiError, badRequest, noSuchPath } from '../api/status.ts';
import type { RequestInfo } from './path.ts';
import { checkAccept, checkPatchType, type Representation } from './resources/media-types.ts';
import { type GroupVersionKind, type ServedResource, servedResources } from './subresource-kinds.ts';

/** What is served under a path, and what is sent there. */
export interface Route {
  /** The kind of the objects in etcd; undefined for what is only answered. */
  readonly stored: AnyKind | undefined;
  readonly kind: GroupVersionKind;
  /** The type of a body in the schema; undefined where the body is no object. */
  readonly definition: string | undefined;
}

interface Served {
  readonly route: Route;
  readonly verbs: ReadonlySet<string>;
  readonly representation: Representation;
}

/** A resource's routes: of the collection, of an object, and of what is below an object. */
interface Resource {
  readonly isNamespaced: boolean;
  readonly collection: Served;
  readonly item: Served;
  readonly below: ReadonlyMap<string, Served>;
}

const OF_COLLECTIONS = ['list', 'watch', 'create', 'deletecollection'];
const OF_ITEMS = ['get', 'watch', 'update', 'patch', 'delete'];
/** Of all namespaces together. */
const OF_ALL = new Set(['list', 'watch']);
const STREAMS = new Set(['exec', 'attach', 'portforward', 'proxy']);

function routesOf(resource: ServedResource, stored: AnyKind | undefined): Resource {
  const { group, version, kind, definition, isNamespaced } = resource;
  const verbs: readonly string[] = resource.verbs;
  const route: Route = { stored, kind: { group, version, kind }, definition };
  const served = (of: readonly string[], representation: Representation): Served => ({
    route,
    verbs: new Set(of.filter((verb) => verbs.includes(verb))),
    representation,
  });
  return {
    isNamespaced,
    collection: served(OF_COLLECTIONS, 'list'),
    item: served(OF_ITEMS, 'object'),
    below: new Map(
      resource.subresources.map(({ name, kind: of, verbs: some, definition: sent }) => [
        name,
        {
          route: { stored, kind: of.version === '' ? { ...of, group, version } : of, definition: sent },
          verbs: new Set<string>(some),
          representation: STREAMS.has(name) ? 'any' : name === 'log' ? 'log' : 'object',
        },
      ]),
    ),
  };
}

/** The paths of the API (apiserver, pkg/endpoints/installer.go registers them, go-restful finds them). */
export class Routes {
  readonly #resources: ReadonlyMap<string, Resource>;
  readonly #groups: ReadonlySet<string>;

  constructor(kinds: readonly AnyKind[]) {
    const key = ({ group, version, plural }: Pick<AnyKind, 'group' | 'version' | 'plural'>) =>
      `${group}/${version}/${plural}`;
    const stored = new Map(kinds.map((kind) => [key(kind), kind]));
    const served = servedResources(kinds);
    this.#groups = new Set(served.map(({ group }) => group));
    this.#resources = new Map(served.map((resource) => [key(resource), routesOf(resource, stored.get(key(resource)))]));
  }

  /** Whether a group is served, in whatever version. */
  hasGroup(group: string): boolean {
    return this.#groups.has(group);
  }

  /**
   * What is behind a path.
   *
   * @throws ApiError NotFound, MethodNotAllowed, UnsupportedMediaType, NotAcceptable
   */
  of({ method, headers }: HttpRequest, info: RequestInfo): Route {
    const { verb } = info;
    const found = this.#resources.get(`${info.group}/${info.version}/${info.resource}`);
    const served = found && below(found, info);
    if (!found || !served || !isInScope(found, info)) throw noSuchPath();
    const isAllowed =
      served.verbs.has(verb) &&
      method !== 'HEAD' &&
      (info.name !== '' || !found.isNamespaced || info.namespace !== undefined || OF_ALL.has(verb));
    if (!isAllowed) throw methodNotAllowed();
    if (verb === 'patch') checkPatchType(headers?.['content-type']);
    const isList = verb === 'list' || verb === 'watch';
    checkAccept(headers?.['accept'], served.representation === 'list' && !isList ? 'object' : served.representation);
    checkName(info);
    return served.route;
  }
}

function below({ collection, item, below: subresources }: Resource, info: RequestInfo): Served | undefined {
  const { name, subresource, rest } = info;
  if (subresource === '' && rest.length === 0) return name === '' ? collection : item;
  if (name === '' || (rest.length > 0 && subresource !== 'proxy')) return undefined;
  return subresources.get(subresource);
}

function isInScope({ isNamespaced }: Resource, { resource, namespace, name }: RequestInfo): boolean {
  if (isNamespaced) return namespace !== undefined || name === '';
  return namespace === undefined || (resource === 'namespaces' && namespace === name);
}

/** The words of go-restful's 405, as the API server gives them on. */
export function methodNotAllowed(): ApiError {
  return new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

/** What would be another place in etcd (apimachinery, pkg/api/validation/path.IsValidPathSegmentName). */
function checkName({ name, namespace, resource }: RequestInfo): void {
  if (namespace === '.' || namespace === '..') {
    const message = `invalid key: "/${resource}/${namespace}${name === '' ? '' : `/${name}`}"`;
    throw new ApiError('', message, undefined, 500);
  }
  const why = name === '.' || name === '..' ? [`may not be '${name}'`] : [];
  if (name.includes('%')) why.push("may not contain '%'");
  if (why.length > 0) throw badRequest(`Name parameter invalid: ${JSON.stringify(name)}: ${why.join(';')}`);
}
