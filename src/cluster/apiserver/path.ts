import { type AnyKind, KINDS } from '../api/kinds/kinds.ts';

/** What a request is about (apiserver, pkg/endpoints/request.RequestInfo). */
export interface RequestInfo {
  readonly isResource: boolean;
  readonly path: string;
  /** `get`, `list`, `watch`, `create`, …; for other paths the method in lower case. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** What follows the subresource: the path behind a proxy. */
  readonly rest: readonly string[];
}

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Subresources of a namespace itself; any other second part is a resource in it. */
const OF_NAMESPACES = new Set(['status', 'finalize']);

export function parsePath(method: string, path: string, isWatch: boolean): RequestInfo {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  const other: RequestInfo = {
    isResource: false,
    path,
    verb: method.toLowerCase(),
    group: '',
    version: '',
    resource: '',
    subresource: '',
    namespace: undefined,
    name: '',
    rest: [],
  };
  const isCore = parts[0] === 'api';
  if (!isCore && parts[0] !== 'apis') return other;
  const [group, version, ...rest] = isCore ? ['', ...parts.slice(1)] : parts.slice(1);
  if (group === undefined || version === undefined || rest.length === 0) return other;
  const { namespace, target } = splitNamespace(rest);
  const [resource = '', name = '', subresource = '', ...further] = target;
  let verb = VERBS[method] ?? method.toLowerCase();
  if (name === '' && verb === 'get') verb = isWatch ? 'watch' : 'list';
  if (name === '' && verb === 'delete') verb = 'deletecollection';
  // A watch of one object by its own address is a watch, too.
  if (name !== '' && verb === 'get' && isWatch && subresource === '') verb = 'watch';
  return { isResource: true, path, verb, group, version, resource, subresource, namespace, name, rest: further };
}

function splitNamespace(parts: readonly string[]): { namespace: string | undefined; target: readonly string[] } {
  const [first, namespace, resource] = parts;
  if (first !== 'namespaces' || namespace === undefined) return { namespace: undefined, target: parts };
  if (resource === undefined || OF_NAMESPACES.has(resource)) return { namespace, target: parts };
  return { namespace, target: parts.slice(2) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const byPath = new Map<string, AnyKind>(KINDS.map((kind) => [`${kind.group}/${kind.version}/${kind.plural}`, kind]));

/** The kind behind a resource's name in a path. */
export function kindAt({
  group,
  version,
  resource,
}: Pick<RequestInfo, 'group' | 'version' | 'resource'>): AnyKind | undefined {
  return byPath.get(`${group}/${version}/${resource}`);
}
