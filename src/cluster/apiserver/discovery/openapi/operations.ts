import type { JsonObject } from '../../../api/json.ts';
import { isCustom } from '../../../api/schema/schema.ts';
import type { GroupVersionKind, ServedResource } from '../../subresource-kinds.ts';
import { reference } from './names.ts';
import { PARAMETERS } from './parameters.ts';

/** A method of a path; its parameters are still names, for those that all methods share move to the path. */
export interface Operation {
  readonly method: string;
  readonly query: readonly string[];
  readonly rest: JsonObject;
}

/** What operations of one path have in common. */
export interface Subject {
  readonly resource: ServedResource;
  /** Whether the path names a namespace. */
  readonly isNamespaced: boolean;
  /** What follows the kind in the names of operations: `Status`, `ForAllNamespaces`. */
  readonly suffix: string;
  readonly kind: GroupVersionKind;
  /** The type of the body and of the answer. */
  readonly definition: string;
}

export type Action = keyof typeof PARAMETERS;

const METHODS: Readonly<Record<Action, string>> = {
  get: 'get',
  list: 'get',
  post: 'post',
  put: 'put',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'delete',
};

const VERBS: Readonly<Record<Action, string>> = {
  get: 'read',
  list: 'list',
  post: 'create',
  put: 'replace',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'delete',
};

/** Media types of patches that the server takes; server-side apply is not simulated. */
const PATCHES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

/** Whose deletion answers with the object itself, all others with a Status (registry.Store.ReturnDeletedObject). */
const ANSWERED_WHEN_DELETED: ReadonlySet<string> = new Set(['Pod', 'Service', 'ServiceAccount', 'StorageClass']);

/** An operation as the real server's are described (apiserver, pkg/endpoints/installer.go). */
export function operation(action: Action, subject: Subject): Operation {
  const { resource, isNamespaced, suffix, kind } = subject;
  const names = [
    VERBS[action],
    prefixOf(resource),
    action === 'deletecollection' ? 'Collection' : '',
    isNamespaced ? 'Namespaced' : '',
    `${resource.kind}${suffix}`,
  ];
  return {
    method: METHODS[action],
    query: [...PARAMETERS[action], 'pretty'],
    rest: {
      tags: [tagOf(resource)],
      operationId: names.join(''),
      ...bodyOf(action, subject),
      responses: { ...answers(action, subject), '401': { description: 'Unauthorized' } },
      'x-kubernetes-action': action,
      'x-kubernetes-group-version-kind': { ...kind },
    },
  };
}

/** Logs, and connections of all kinds, whose body and answer are no objects. */
export function textOperation(
  method: string,
  action: 'get' | 'connect',
  subject: Subject,
  query: readonly string[],
): Operation {
  const { resource, isNamespaced, suffix, kind } = subject;
  const verb = action === 'get' ? 'read' : 'connect';
  const named = action === 'get' ? '' : capital(method);
  const id = `${verb}${prefixOf(resource)}${named}${isNamespaced ? 'Namespaced' : ''}${resource.kind}${suffix}`;
  const type = action === 'get' ? 'text/plain' : '*/*';
  return {
    method,
    query: action === 'get' ? [...query, 'pretty'] : query,
    rest: {
      tags: [tagOf(resource)],
      operationId: id,
      responses: {
        '200': { description: 'OK', content: { [type]: { schema: { type: 'string' } } } },
        '401': { description: 'Unauthorized' },
      },
      'x-kubernetes-action': action,
      'x-kubernetes-group-version-kind': { ...kind },
    },
  };
}

function bodyOf(action: Action, { definition }: Subject): JsonObject {
  switch (action) {
    case 'post':
    case 'put':
      return { requestBody: { content: { '*/*': { schema: reference(definition) } }, required: true } };
    case 'patch': {
      const types = isCustom(definition) ? PATCHES.filter((type) => !type.includes('strategic')) : PATCHES;
      const content = types.map((type) => [type, { schema: reference('meta.v1.Patch') }] as const);
      return { requestBody: { content: Object.fromEntries(content), required: true } };
    }
    case 'delete':
    case 'deletecollection':
      return { requestBody: { content: { '*/*': { schema: reference('meta.v1.DeleteOptions') } } } };
    default:
      return {};
  }
}

function answers(action: Action, { definition, resource }: Subject): JsonObject {
  const own = jsonOf(definition);
  switch (action) {
    case 'list':
      return {
        '200': answer('OK', { ...jsonOf(`${definition}List`), ...jsonOf(`${definition}List`, ';stream=watch') }),
      };
    case 'post':
      return { '200': answer('OK', own), '201': answer('Created', own), '202': answer('Accepted', own) };
    case 'put':
    case 'patch':
      return { '200': answer('OK', own), '201': answer('Created', own) };
    case 'delete': {
      const deleted = ANSWERED_WHEN_DELETED.has(resource.kind) ? own : jsonOf('meta.v1.Status');
      return { '200': answer('OK', deleted), '202': answer('Accepted', deleted) };
    }
    case 'deletecollection':
      return { '200': answer('OK', jsonOf('meta.v1.Status')) };
    default:
      return { '200': answer('OK', own) };
  }
}

function answer(description: string, content: JsonObject): JsonObject {
  return { description, content };
}

function jsonOf(definition: string, parameters = ''): JsonObject {
  return { [`application/json${parameters}`]: { schema: reference(definition) } };
}

/** `RbacAuthorizationV1` */
function prefixOf({ group, version }: Pick<ServedResource, 'group' | 'version'>): string {
  return `${capital(camelGroup(group))}${capital(version)}`;
}

/** `rbacAuthorization_v1` */
export function tagOf({ group, version }: Pick<ServedResource, 'group' | 'version'>): string {
  return `${camelGroup(group)}_${version}`;
}

export function resourcesOperationId(of: Pick<ServedResource, 'group' | 'version'>): string {
  return `get${prefixOf(of)}APIResources`;
}

function camelGroup(group: string): string {
  if (group === '') return 'core';
  const [first = '', ...others] = group.replace(/\.k8s\.io$/, '').split('.');
  return first + others.map(capital).join('');
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
