import { type FieldError, invalidValue, required } from '../api/field-error.ts';
import { isObject } from '../api/json.ts';
import { networkOf } from './ip-network.ts';
import type { IPPoolSpec } from './types.ts';

export function forbidden(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, detail };
}

/**
 * What a CustomResourceDefinition's schema says of fields that programs here read (apiextensions-apiserver, pkg/apiserver/validation).
 *
 * @param schema `cidr!:string blockSize:integer`: fields with their types, and `!` where one is required
 */
export function checkSpec(spec: unknown, schema: string): readonly FieldError[] {
  if (spec === undefined || spec === null) return [required('spec')];
  if (!isObject(spec)) return [wrongType('spec', 'object', spec)];
  return schema.split(' ').flatMap((part) => {
    const [name = '', type = ''] = part.split(':');
    const field = name.replace('!', '');
    const value: unknown = spec[field];
    if (value === undefined || value === null) return name.endsWith('!') ? [required(`spec.${field}`)] : [];
    return typeOf(value) === type ? [] : [wrongType(`spec.${field}`, type, value)];
  });
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function wrongType(field: string, type: string, value: unknown): FieldError {
  const found = typeOf(value);
  return invalidValue(field, found, `${field} in body must be of type ${type}: ${JSON.stringify(found)}`);
}

export const IP_POOL =
  'cidr!:string allowedUses:array assignmentMode:string blockSize:integer disabled:boolean ipipMode:string namespaceSelector:string natOutgoing:boolean nodeSelector:string vxlanMode:string';

const CIDR = /^\d{1,3}(?:\.\d{1,3}){3}\/(?:[12]?\d|3[0-2])$/;
const LARGEST_BLOCK = 20;
const SMALLEST_BLOCK = 32;

/** A pool as Calico's clients refuse it (libcalico-go, lib/validator/v3), and what is not simulated of one. */
export function checkPool({ cidr, blockSize = 26, ...pool }: IPPoolSpec): readonly FieldError[] {
  if (!CIDR.test(cidr)) return [invalidValue('spec.cidr', cidr, 'must be an IPv4 network')];
  if (blockSize < LARGEST_BLOCK || blockSize > SMALLEST_BLOCK)
    return [invalidValue('spec.blockSize', blockSize, 'block size must be between 20 and 32')];
  if (networkOf(cidr).size < 2 ** (SMALLEST_BLOCK - blockSize))
    return [invalidValue('spec.cidr', cidr, 'IP pool size is too small for use with Calico IPAM')];
  return (['nodeSelector', 'namespaceSelector'] as const)
    .filter((field) => !['all()', '', undefined].includes(pool[field]))
    .map((field) =>
      forbidden(`spec.${field}`, 'other than all() is not simulated here; on a real cluster it says who uses the pool'),
    );
}
