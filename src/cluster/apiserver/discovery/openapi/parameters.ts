import type { JsonObject } from '../../../api/json.ts';
import { compare } from '../group-versions.ts';

type Type = 'string' | 'integer' | 'boolean';

/** Parameters of queries with their types (apimachinery, pkg/apis/meta/v1: ListOptions and its siblings; core: PodLogOptions). */
const QUERY: Readonly<Record<string, Type>> = {
  allowWatchBookmarks: 'boolean',
  command: 'string',
  container: 'string',
  continue: 'string',
  dryRun: 'string',
  fieldManager: 'string',
  fieldSelector: 'string',
  fieldValidation: 'string',
  follow: 'boolean',
  force: 'boolean',
  gracePeriodSeconds: 'integer',
  ignoreStoreReadErrorWithClusterBreakingPotential: 'boolean',
  insecureSkipTLSVerifyBackend: 'boolean',
  labelSelector: 'string',
  limit: 'integer',
  limitBytes: 'integer',
  orphanDependents: 'boolean',
  path: 'string',
  ports: 'integer',
  pretty: 'string',
  previous: 'boolean',
  propagationPolicy: 'string',
  resourceVersion: 'string',
  resourceVersionMatch: 'string',
  sendInitialEvents: 'boolean',
  shardSelector: 'string',
  sinceSeconds: 'integer',
  stderr: 'boolean',
  stdin: 'boolean',
  stdout: 'boolean',
  stream: 'string',
  tailLines: 'integer',
  timeoutSeconds: 'integer',
  timestamps: 'boolean',
  tty: 'boolean',
  watch: 'boolean',
};

const LIST = [
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'shardSelector',
  'timeoutSeconds',
];
const DELETE = [
  'dryRun',
  'gracePeriodSeconds',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'orphanDependents',
  'propagationPolicy',
];
const WRITE = ['dryRun', 'fieldManager', 'fieldValidation'];

/** What each way of asking takes, beside `pretty`. */
export const PARAMETERS = {
  get: [],
  list: ['allowWatchBookmarks', ...LIST, 'watch'],
  post: WRITE,
  put: WRITE,
  patch: [...WRITE, 'force'],
  delete: DELETE,
  deletecollection: [...LIST, ...DELETE],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What a subresource takes that is asked in its own way; for one that is connected to, all it takes. */
export const SUBRESOURCE_PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  attach: ['container', 'stderr', 'stdin', 'stdout', 'tty'],
  exec: ['command', 'container', 'stderr', 'stdin', 'stdout', 'tty'],
  log: [
    'container',
    'follow',
    'insecureSkipTLSVerifyBackend',
    'limitBytes',
    'previous',
    'sinceSeconds',
    'stream',
    'tailLines',
    'timestamps',
  ],
  portforward: ['ports'],
  proxy: ['path'],
};

/** In the order of their names; a name in braces in the path comes before the same in the query. */
export function parametersOf(path: string, query: readonly string[]): readonly JsonObject[] {
  const inPath = [...path.matchAll(/\{(?<name>\w+)\}/g)].map(({ groups }) => pathParameter(groups?.['name'] ?? ''));
  return [...inPath, ...query.map(queryParameter)].toSorted((a, b) => compare(a.name, b.name));
}

function queryParameter(name: string): Parameter {
  return { name, in: 'query', schema: { type: QUERY[name] ?? 'string', uniqueItems: true } };
}

function pathParameter(name: string): Parameter {
  return { name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } };
}

type Parameter = JsonObject & { readonly name: string };
