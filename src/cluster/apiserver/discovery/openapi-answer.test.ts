import { describe, expect, test } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import { servedResources } from '../subresource-kinds.ts';
import { Discovery } from './discovery.ts';
import { groupVersions } from './group-versions.ts';
import { OpenApiDocuments } from './openapi/documents.ts';
import type { TextAnswer } from './openapi-answer.ts';

const ADDRESS = '172.18.0.3:6443';
const discovery = new Discovery({ address: ADDRESS });

function answer(place: string, { accept = '', hash = '', from = discovery } = {}): TextAnswer {
  const found = from.answer({ path: `/openapi/${place}`, accept, hash });
  if (found?.is !== 'text') throw new Error(`no text at ${place}`);
  return found;
}

const document = (path: string, from = discovery): JsonObject =>
  JSON.parse(answer(`v3/${path}`, { from }).text) as JsonObject;

/** `at(value, 'paths', '/api/v1/', 'get')` */
function at(value: Json | undefined, ...way: readonly string[]): JsonObject {
  const found = way.reduce<Json | undefined>((current, key) => (isObject(current) ? current[key] : undefined), value);
  if (!isObject(found)) throw new Error(`no object at ${way.join(' ')}`);
  return found;
}

const schema = (path: string, name: string, from = discovery): JsonObject =>
  at(document(path, from), 'components', 'schemas', name);

const index = at(JSON.parse(answer('v3').text) as JsonObject, 'paths');
const paths = Object.keys(index);

describe('the documents', () => {
  test('one for each group version', () => {
    expect(paths.slice(0, 3)).toEqual(['api/v1', 'apis/apps/v1', 'apis/events.k8s.io/v1']);
    expect(paths).toHaveLength(11);
  });

  test.each(paths)('%s: every reference leads somewhere, and every schema is led to', (path) => {
    const made = document(path);
    const used = new Set(referencesIn(made));
    const defined = Object.keys(at(made, 'components', 'schemas')).map((name) => `#/components/schemas/${name}`);
    expect([...used].toSorted()).toEqual(defined.toSorted());
  });

  test.each(paths)('%s: no two operations have one name', (path) => {
    const ids = Object.values(at(document(path), 'paths')).flatMap((item) =>
      Object.values(isObject(item) ? item : {}).flatMap((method) => (isObject(method) ? [method['operationId']] : [])),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('are made when asked for, once', () => {
    const asked: string[] = [];
    const from = new Discovery({
      address: ADDRESS,
      descriptions: (definition, field) => {
        asked.push(field === undefined ? definition : `${definition}.${field}`);
        return undefined;
      },
    });
    expect(asked).toEqual([]);
    const { text } = answer('v3/apis/apps/v1', { from });
    expect(asked).toContain('apps.v1.DeploymentSpec.replicas');
    expect(asked).not.toContain('batch.v1.JobSpec');
    const count = asked.length;
    expect(answer('v3/apis/apps/v1', { from }).text).toBe(text);
    // Another document has the types of pods from the first.
    answer('v3/apis/batch/v1', { from });
    expect(asked.filter((name) => name === 'core.v1.PodSpec')).toHaveLength(1);
    expect(asked.length).toBeGreaterThan(count);
  });

  test('are kept', () => {
    const documents = new OpenApiDocuments(groupVersions(servedResources()), '1.36', () => undefined);
    expect(documents.document('api/v1')).toBe(documents.document('api/v1'));
  });

  test('the largest takes less than 50 ms', () => {
    const times = [1, 2, 3, 4, 5].map(() => {
      const from = new Discovery({ address: ADDRESS });
      const begin = performance.now();
      answer('v3/api/v1', { from });
      return performance.now() - begin;
    });
    // The shortest: others run on this machine, too.
    expect(Math.min(...times)).toBeLessThan(50);
    expect(answer('v3/api/v1').text.length).toBeLessThan(250_000);
  });
});

function referencesIn(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(referencesIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === '$ref' && typeof member === 'string' ? [member] : referencesIn(member),
  );
}

describe('what kubectl reads', () => {
  const path = '/apis/apps/v1/namespaces/{namespace}/deployments/{name}';
  const patch = at(document('apis/apps/v1'), 'paths', path, 'patch');

  test('whether a patch takes fieldValidation', () => {
    expect(patch['x-kubernetes-group-version-kind']).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment' });
    expect(patch['parameters']).toContainEqual({
      name: 'fieldValidation',
      in: 'query',
      schema: { type: 'string', uniqueItems: true },
    });
  });

  test('which patches there are', () => {
    expect(Object.keys(at(patch, 'requestBody', 'content'))).toEqual([
      'application/json-patch+json',
      'application/merge-patch+json',
      'application/strategic-merge-patch+json',
    ]);
  });

  test('how lists are joined', () => {
    const spec = at(schema('api/v1', 'io.k8s.api.core.v1.PodSpec'), 'properties');
    expect(spec['containers']).toMatchObject({
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    });
    expect(spec['volumes']).toMatchObject({ 'x-kubernetes-patch-strategy': 'merge,retainKeys' });
    const meta = at(schema('api/v1', 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'), 'properties');
    expect(meta['finalizers']).toEqual({
      type: 'array',
      items: { type: 'string', default: '' },
      'x-kubernetes-patch-strategy': 'merge',
    });
  });

  test('the fields of a type', () => {
    expect(schema('apis/apps/v1', 'io.k8s.api.apps.v1.Deployment')).toMatchObject({
      type: 'object',
      'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'Deployment' }],
      properties: { spec: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec' }] } },
    });
    const spec = schema('apis/apps/v1', 'io.k8s.api.apps.v1.DeploymentSpec');
    expect(spec['required']).toEqual(['selector', 'template']);
    expect(at(spec, 'properties', 'replicas')).toEqual({ type: 'integer', format: 'int32' });
    const resources = schema('api/v1', 'io.k8s.api.core.v1.ResourceRequirements');
    expect(at(resources, 'properties', 'limits')).toEqual({
      type: 'object',
      additionalProperties: { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity' },
    });
  });

  test('the values that a field may have', () => {
    const container = at(schema('api/v1', 'io.k8s.api.core.v1.Container'), 'properties');
    expect(container['imagePullPolicy']).toEqual({ type: 'string', enum: ['Always', 'IfNotPresent', 'Never'] });
    const claim = at(schema('api/v1', 'io.k8s.api.core.v1.ServiceSpec'), 'properties');
    expect(at(claim['ipFamilies'], 'items')).toEqual({ type: 'string', default: '', enum: ['', 'IPv4', 'IPv6'] });
    const volume = at(schema('api/v1', 'io.k8s.api.core.v1.HostPathVolumeSource'), 'properties');
    expect(at(volume['type'])['enum']).toHaveLength(8);
  });

  test('subresources by their own kinds', () => {
    const core = at(document('api/v1'), 'paths');
    const eviction = at(core['/api/v1/namespaces/{namespace}/pods/{name}/eviction'], 'post');
    expect(eviction['x-kubernetes-group-version-kind']).toEqual({ group: 'policy', version: 'v1', kind: 'Eviction' });
    expect(at(core['/api/v1/namespaces/{namespace}/pods/{name}/exec'], 'get')).toMatchObject({
      operationId: 'connectCoreV1GetNamespacedPodExec',
      'x-kubernetes-action': 'connect',
      'x-kubernetes-group-version-kind': { group: '', version: 'v1', kind: 'PodExecOptions' },
    });
    expect(core['/api/v1/namespaces/{namespace}/pods/{name}/ephemeralcontainers']).toBeUndefined();
  });

  test('operations by their real names', () => {
    const methodsOf = (path: string, place: string): JsonObject => {
      const { parameters: _, ...methods } = at(document(path), 'paths', place);
      return Object.fromEntries(Object.keys(methods).map((method) => [method, at(methods, method)['operationId']]));
    };
    expect(methodsOf('api/v1', '/api/v1/')).toEqual({ get: 'getCoreV1APIResources' });
    expect(methodsOf('api/v1', '/api/v1/pods')).toEqual({ get: 'listCoreV1PodForAllNamespaces' });
    expect(methodsOf('api/v1', '/api/v1/namespaces/{namespace}/pods')).toEqual({
      delete: 'deleteCoreV1CollectionNamespacedPod',
      get: 'listCoreV1NamespacedPod',
      post: 'createCoreV1NamespacedPod',
    });
    expect(methodsOf('api/v1', '/api/v1/namespaces/{namespace}/pods/{name}/attach')).toEqual({
      get: 'connectCoreV1GetNamespacedPodAttach',
      post: 'connectCoreV1PostNamespacedPodAttach',
    });
    expect(methodsOf('api/v1', '/api/v1/namespaces/{namespace}/pods/{name}/log')).toEqual({
      get: 'readCoreV1NamespacedPodLog',
    });
    expect(methodsOf('api/v1', '/api/v1/nodes/{name}/proxy/{path}')).toMatchObject({
      head: 'connectCoreV1HeadNodeProxyWithPath',
    });
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    expect(methodsOf('apis/rbac.authorization.k8s.io/v1', `${rbac}/clusterroles/{name}`)).toEqual({
      delete: 'deleteRbacAuthorizationV1ClusterRole',
      get: 'readRbacAuthorizationV1ClusterRole',
      patch: 'patchRbacAuthorizationV1ClusterRole',
      put: 'replaceRbacAuthorizationV1ClusterRole',
    });
  });

  test('parameters of a path beside those of its methods', () => {
    const pods = at(document('api/v1'), 'paths', '/api/v1/namespaces/{namespace}/pods');
    const namesIn = (value: Json | undefined): readonly unknown[] =>
      Array.isArray(value) ? (value as readonly Json[]).map((one) => at(one)['name']) : [];
    expect(namesIn(pods['parameters'])).toEqual(['namespace', 'pretty']);
    expect(namesIn(at(pods, 'post')['parameters'])).toEqual(['dryRun', 'fieldManager', 'fieldValidation']);
    const exec = at(document('api/v1'), 'paths', '/api/v1/namespaces/{namespace}/pods/{name}/exec');
    expect(namesIn(exec['parameters'])).toEqual([
      'command',
      'container',
      'name',
      'namespace',
      'stderr',
      'stdin',
      'stdout',
      'tty',
    ]);
  });

  test('descriptions, of types and of fields', () => {
    const from = new Discovery({
      address: ADDRESS,
      descriptions: (definition, field) => (field === undefined ? definition : `${field} of ${definition}`),
    });
    const deployment = schema('apis/apps/v1', 'io.k8s.api.apps.v1.Deployment', from);
    expect(deployment['description']).toBe('apps.v1.Deployment');
    expect(at(deployment, 'properties', 'spec')['description']).toBe('spec of apps.v1.Deployment');
    const time = schema('apis/apps/v1', 'io.k8s.apimachinery.pkg.apis.meta.v1.Time', from);
    expect(time['description']).toBe('meta.v1.Time');
  });
});

describe('how they are asked for', () => {
  const url = String(at(index['apis/apps/v1'])['serverRelativeURL']);
  const hash = url.slice(url.indexOf('=') + 1);

  test('with the hash that the index names, for ever', () => {
    expect(url).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{16}$/);
    expect(answer('v3/apis/apps/v1', { hash })).toMatchObject({
      status: 200,
      headers: { 'Content-Type': 'application/json', ETag: `"${hash}"`, 'Cache-Control': 'public, immutable' },
    });
    expect(answer('v3/apis/apps/v1').headers).not.toHaveProperty('Cache-Control');
  });

  test('an old hash is sent on', () => {
    expect(answer('v3/apis/apps/v1', { hash: 'AB' })).toMatchObject({
      status: 301,
      headers: { Location: url },
      text: '',
    });
  });

  test('a hash follows the text', () => {
    const other = new Discovery({ address: ADDRESS, descriptions: () => 'said' });
    expect(answer('v3/apis/apps/v1', { from: other }).headers['ETag']).not.toBe(`"${hash}"`);
  });

  test('as JSON alone', () => {
    expect(answer('v3/api/v1', { accept: 'application/json, */*' }).status).toBe(200);
    const protobuf = 'application/com.github.proto-openapi.spec.v3@v1.0+protobuf';
    expect(answer('v3/api/v1', { accept: protobuf })).toMatchObject({ status: 406, text: '' });
  });

  test('what there is not', () => {
    expect(answer('v3/apis/nothing/v1')).toMatchObject({ status: 404, text: '' });
    expect(JSON.parse(answer('v2').text)).toMatchObject({ swagger: '2.0', paths: {} });
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    expect(answer('v2', { accept }).text).toContain('\n\nKubernetes');
    expect(answer('v2', { accept }).text.startsWith(`\n${String.fromCharCode(3)}2.0`)).toBe(true);
  });
});
