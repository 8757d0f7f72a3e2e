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

/** @param path decoded, as Go's URL.Path is: an escaped slash is one */
export function parsePath(method: string, path: string, isWatch: boolean): RequestInfo {
  const parts = path.replace(OUTER_SLASHES, '').split('/');
  const isCore = parts[0] === 'api';
  if (!isCore && parts[0] !== 'apis') return noResource(method, path);
  const group = isCore ? '' : parts[1];
  const version = parts[isCore ? 1 : 2];
  // `/api/v1/watch/pods`: how watches were asked for before `watch=true`.
  const isOldWatch = parts[isCore ? 2 : 3] === 'watch' && method === 'GET';
  const first = (isCore ? 2 : 3) + (isOldWatch ? 1 : 0);
  if (group === undefined || version === undefined || parts.length <= first) return noResource(method, path);
  const inNamespace = parts[first] === 'namespaces' ? parts[first + 1] : undefined;
  const inside = parts[first + 2];
  const isInside = inNamespace !== undefined && inside !== undefined && !OF_NAMESPACES.has(inside);
  const from = isInside ? first + 2 : first;
  const name = parts[from + 1] ?? '';
  let verb = VERBS[method] ?? method.toLowerCase();
  if (name === '' && verb === 'get') verb = isWatch ? 'watch' : 'list';
  if (name === '' && verb === 'delete') verb = 'deletecollection';
  if (isOldWatch) verb = 'watch';
  return {
    isResource: true,
    path,
    verb,
    group,
    version,
    resource: parts[from] ?? '',
    subresource: parts[from + 2] ?? '',
    namespace: isInside && inNamespace === '' ? undefined : inNamespace,
    name,
    rest: parts.slice(from + 3),
  };
}

const OUTER_SLASHES = /^\/+|\/+$/g;

function noResource(method: string, path: string): RequestInfo {
  return {
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
}
