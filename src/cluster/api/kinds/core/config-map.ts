import { type FieldError, invalidValue, tooLong } from '../../field-error.ts';
import { isEqual } from '../../json.ts';
import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { configKey, subdomain1123 } from '../../names.ts';
import { ageOf } from '../../time.ts';
import type { ConfigMap } from '../../types/core.ts';

/** 1 MiB, of ConfigMaps and Secrets. */
const MAX_SIZE = 1024 * 1024;

/** pkg/registry/core/configmap */
export const configMap: Kind<ConfigMap> = {
  ...usual,
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  storagePath: 'configmaps',
  definition: 'core.v1.ConfigMap',
  checkName: subdomain1123,
  validate: ({ data = {}, binaryData = {} }) => [
    ...checkKeys(data, 'data'),
    ...checkKeys(binaryData, 'binaryData'),
    ...Object.keys(data)
      .filter((key) => key in binaryData)
      .map((key) => invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...checkSize({ ...data, ...binaryData }, '[]'),
  ],
  validateUpdate: (next, before) => checkImmutable(next, before),
  columns: [NAME, column('Data'), AGE],
  row: ({ metadata, data = {}, binaryData = {} }, now) => [
    metadata.name,
    `${Object.keys(data).length + Object.keys(binaryData).length}`,
    ageOf(metadata.creationTimestamp, now),
  ],
};

export function checkKeys(data: object, field: string): FieldError[] {
  return Object.keys(data).flatMap((key) =>
    configKey(key).map((message) => invalidValue(`${field}[${key}]`, key, message)),
  );
}

export function checkSize(data: Readonly<Record<string, string>>, field: string): FieldError[] {
  const size = Object.values(data).reduce((sum, value) => sum + value.length, 0);
  return size > MAX_SIZE ? [tooLong(field, MAX_SIZE)] : [];
}

/** ValidateConfigMapUpdate and ValidateSecretUpdate: what is immutable stays so. */
export function checkImmutable(
  next: { readonly immutable?: boolean; readonly data?: object },
  before: { readonly immutable?: boolean; readonly data?: object },
): FieldError[] {
  if (!before.immutable) return [];
  const detail = 'field is immutable when `immutable` is set';
  const errors: FieldError[] = [];
  if (!next.immutable) errors.push({ type: 'FieldValueForbidden', field: 'immutable', detail });
  if (!isEqual(next.data ?? {}, before.data ?? {})) errors.push({ type: 'FieldValueForbidden', field: 'data', detail });
  return errors;
}
