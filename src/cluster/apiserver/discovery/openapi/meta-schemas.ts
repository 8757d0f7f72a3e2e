import type { JsonObject } from '../../../api/json.ts';
import { reference } from './names.ts';

const string = { type: 'string' };
const requiredString = { type: 'string', default: '' };
const int32 = { type: 'integer', format: 'int32' };
const int64 = { type: 'integer', format: 'int64' };
const atomic = { 'x-kubernetes-list-type': 'atomic' };
const strings = { type: 'array', items: requiredString };

function member(definition: string): JsonObject {
  return { allOf: [reference(definition)] };
}

function listOf(definition: string): JsonObject {
  return { type: 'array', items: { allOf: [reference(definition)], default: {} }, ...atomic };
}

/**
 * What the compact schema has no line for: types that JSON has as one value, and those of answers that are no object of a
 * kind (apimachinery, pkg/apis/meta/v1/types.go).
 */
export const META_SCHEMAS: ReadonlyMap<string, JsonObject> = new Map<string, JsonObject>([
  ['pkg.api.resource.Quantity', { oneOf: [string, { type: 'number' }] }],
  ['pkg.util.intstr.IntOrString', { oneOf: [{ type: 'integer' }, string], format: 'int-or-string' }],
  ['pkg.runtime.RawExtension', { type: 'object' }],
  ['meta.v1.Time', { type: 'string', format: 'date-time' }],
  ['meta.v1.MicroTime', { type: 'string', format: 'date-time' }],
  ['meta.v1.FieldsV1', { type: 'object' }],
  ['meta.v1.Patch', { type: 'object' }],
  [
    'meta.v1.ListMeta',
    {
      type: 'object',
      properties: {
        continue: string,
        remainingItemCount: int64,
        resourceVersion: string,
        selfLink: string,
        shardInfo: member('meta.v1.ShardInfo'),
      },
    },
  ],
  ['meta.v1.ShardInfo', { type: 'object', required: ['selector'], properties: { selector: requiredString } }],
  [
    'meta.v1.Status',
    {
      type: 'object',
      properties: {
        apiVersion: string,
        code: int32,
        details: member('meta.v1.StatusDetails'),
        kind: string,
        message: string,
        metadata: { ...member('meta.v1.ListMeta'), default: {} },
        reason: string,
        status: string,
      },
      'x-kubernetes-group-version-kind': [{ group: '', kind: 'Status', version: 'v1' }],
    },
  ],
  [
    'meta.v1.StatusDetails',
    {
      type: 'object',
      properties: {
        causes: listOf('meta.v1.StatusCause'),
        group: string,
        kind: string,
        name: string,
        retryAfterSeconds: int32,
        uid: string,
      },
    },
  ],
  ['meta.v1.StatusCause', { type: 'object', properties: { field: string, message: string, reason: string } }],
  [
    'meta.v1.APIResourceList',
    {
      type: 'object',
      required: ['groupVersion', 'resources'],
      properties: {
        apiVersion: string,
        groupVersion: requiredString,
        kind: string,
        resources: listOf('meta.v1.APIResource'),
      },
      'x-kubernetes-group-version-kind': [{ group: '', kind: 'APIResourceList', version: 'v1' }],
    },
  ],
  [
    'meta.v1.APIResource',
    {
      type: 'object',
      required: ['name', 'singularName', 'namespaced', 'kind', 'verbs'],
      properties: {
        categories: { ...strings, ...atomic },
        group: string,
        kind: requiredString,
        name: requiredString,
        namespaced: { type: 'boolean', default: false },
        shortNames: { ...strings, ...atomic },
        singularName: requiredString,
        storageVersionHash: string,
        verbs: strings,
        version: string,
      },
    },
  ],
]);
