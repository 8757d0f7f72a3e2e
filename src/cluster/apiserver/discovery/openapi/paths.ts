import type { JsonObject } from '../../../api/json.ts';
import type { Verb } from '../../../api/kind.ts';
import type { ServedResource, Subresource } from '../../subresource-kinds.ts';
import { compare, type GroupVersion } from '../group-versions.ts';
import { reference } from './names.ts';
import {
  type Action,
  capital,
  type Operation,
  operation,
  resourcesOperationId,
  type Subject,
  tagOf,
  textOperation,
} from './operations.ts';
import { parametersOf, SUBRESOURCE_PARAMETERS } from './parameters.ts';

const COLLECTION: Readonly<Partial<Record<Verb, Action>>> = {
  list: 'list',
  create: 'post',
  deletecollection: 'deletecollection',
};

const OBJECT: Readonly<Partial<Record<Verb, Action>>> = { get: 'get', update: 'put', delete: 'delete', patch: 'patch' };

const BELOW: Readonly<Partial<Record<Verb, Action>>> = { create: 'post', get: 'get', update: 'put', patch: 'patch' };

const PROXY_METHODS = ['delete', 'get', 'head', 'options', 'patch', 'post', 'put'];

/** Every path of a group's version with its methods. The deprecated paths for watching (`/watch/…`) are not simulated. */
export function pathsOf(of: GroupVersion): JsonObject {
  const root = `/${of.path}`;
  const items = of.resources.flatMap((resource) => [
    ...collectionPaths(root, resource),
    ...objectPaths(root, resource),
  ]);
  return Object.fromEntries([[`${root}/`, resourcesPath(of)], ...items.toSorted(([a], [b]) => compare(a, b))]);
}

type Path = readonly [string, JsonObject];

function resourcesPath(of: GroupVersion): JsonObject {
  const content = { 'application/json': { schema: reference('meta.v1.APIResourceList') } };
  const responses = { '200': { description: 'OK', content }, '401': { description: 'Unauthorized' } };
  return {
    get: {
      tags: [tagOf(of)],
      description: 'get available resources',
      operationId: resourcesOperationId(of),
      responses,
    },
  };
}

function addressOf(root: string, { isNamespaced, plural }: ServedResource): string {
  return isNamespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
}

function subjectOf(resource: ServedResource): Subject {
  const { group, version, kind, definition, isNamespaced } = resource;
  return { resource, isNamespaced, suffix: '', kind: { group, version, kind }, definition };
}

function collectionPaths(root: string, resource: ServedResource): readonly Path[] {
  const subject = subjectOf(resource);
  const paths = [pathItem(addressOf(root, resource), actions(resource.verbs, COLLECTION, subject))];
  if (resource.isNamespaced && resource.verbs.includes('list')) {
    const everywhere = { ...subject, isNamespaced: false, suffix: 'ForAllNamespaces' };
    paths.push(pathItem(`${root}/${resource.plural}`, [operation('list', everywhere)]));
  }
  return paths;
}

function objectPaths(root: string, resource: ServedResource): readonly Path[] {
  const address = `${addressOf(root, resource)}/{name}`;
  const own = actions(resource.verbs, OBJECT, subjectOf(resource));
  const below = resource.subresources.flatMap((subresource) => subresourcePaths(address, resource, subresource));
  return own.length === 0 ? below : [pathItem(address, own), ...below];
}

function subresourcePaths(address: string, resource: ServedResource, subresource: Subresource): readonly Path[] {
  const { name, kind, verbs, definition } = subresource;
  const subject: Subject = {
    ...subjectOf(resource),
    suffix: capital(name),
    // A kind of the resource's own group says so here, unlike in discovery.
    kind: kind.group === '' ? { group: resource.group, version: resource.version, kind: kind.kind } : kind,
    definition: definition ?? '',
  };
  const path = `${address}/${name}`;
  if (definition !== undefined) return [pathItem(path, actions(verbs, BELOW, subject))];
  const query = SUBRESOURCE_PARAMETERS[name] ?? [];
  if (name === 'log') return [pathItem(path, [textOperation('get', 'get', subject, query)])];
  const connect = (methods: readonly string[], suffix = ''): readonly Operation[] =>
    methods.map((method) =>
      textOperation(method, 'connect', { ...subject, suffix: `${subject.suffix}${suffix}` }, query),
    );
  if (name !== 'proxy') return [pathItem(path, connect(['get', 'post']))];
  return [pathItem(path, connect(PROXY_METHODS)), pathItem(`${path}/{path}`, connect(PROXY_METHODS, 'WithPath'))];
}

function actions(
  verbs: readonly Verb[],
  meanings: Readonly<Partial<Record<Verb, Action>>>,
  subject: Subject,
): readonly Operation[] {
  return verbs.flatMap((verb) => {
    const action = meanings[verb];
    return action === undefined ? [] : [operation(action, subject)];
  });
}

/** Parameters that all methods take are said once, beside those of the path. */
function pathItem(path: string, operations: readonly Operation[]): Path {
  const [first, ...others] = operations;
  const shared = (first?.query ?? []).filter((name) => others.every(({ query }) => query.includes(name)));
  const methods = operations.map(({ method, query, rest }) => {
    const own = query.filter((name) => !shared.includes(name));
    return [method, { ...rest, ...(own.length > 0 && { parameters: parametersOf('', own) }) }] as const;
  });
  const parameters = parametersOf(path, shared);
  return [path, { ...Object.fromEntries(methods), ...(parameters.length > 0 && { parameters }) }];
}
