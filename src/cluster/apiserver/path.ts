import type { AnyKind } from '../api/kinds/kinds.ts';

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
  const parts = partsOf(path);
  const isCore = parts[0] === 'api';
  if (!isCore && parts[0] !== 'apis') return noResource(method, path);
  const group = isCore ? '' : parts[1];
  const version = parts[isCore ? 1 : 2];
  const first = isCore ? 2 : 3;
  if (group === undefined || version === undefined || parts.length <= first) return noResource(method, path);
  const namespace = parts[first] === 'namespaces' ? parts[first + 1] : undefined;
  const inside = parts[first + 2];
  const from = namespace !== undefined && inside !== undefined && !OF_NAMESPACES.has(inside) ? first + 2 : first;
  const resource = parts[from] ?? '';
  const name = parts[from + 1] ?? '';
  const subresource = parts[from + 2] ?? '';
  let verb = VERBS[method] ?? method.toLowerCase();
  if (name === '' && verb === 'get') verb = isWatch ? 'watch' : 'list';
  if (name === '' && verb === 'delete') verb = 'deletecollection';
  // A watch of one object by its own address is a watch, too.
  if (name !== '' && verb === 'get' && isWatch && subresource === '') verb = 'watch';
  return {
    isResource: true,
    path,
    verb,
    group,
    version,
    resource,
    subresource,
    namespace,
    name,
    rest: parts.slice(from + 3),
  };
}

function noResource(method: string, path: string): RequestInfo {
  const verb = method.toLowerCase();
  return {
    isResource: false,
    path,
    verb,
    group: '',
    version: '',
    resource: '',
    subresource: '',
    namespace: undefined,
    name: '',
    rest: [],
  };
}

/** Between slashes, which may stand more than once. */
function partsOf(path: string): readonly string[] {
  const parts: string[] = [];
  for (let start = 0; start < path.length; ) {
    const slash = path.indexOf('/', start);
    const end = slash < 0 ? path.length : slash;
    if (end > start) parts.push(decode(path.slice(start, end)));
    start = end + 1;
  }
  return parts;
}

function decode(part: string): string {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Finds the kind behind a resource's name in a path. */
export function kindFinder(
  kinds: readonly AnyKind[],
): (path: Pick<RequestInfo, 'group' | 'version' | 'resource'>) => AnyKind | undefined {
  const byPath = new Map(kinds.map((kind) => [`${kind.group}/${kind.version}/${kind.plural}`, kind]));
  return ({ group, version, resource }) => byPath.get(`${group}/${version}/${resource}`);
}
