import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { label1123 } from '../../names.ts';
import { ageOf } from '../../time.ts';
import type { Namespace } from '../../types/core.ts';

/** pkg/registry/core/namespace */
export const namespace: Kind<Namespace> = {
  ...usual,
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  isNamespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  storagePath: 'namespaces',
  definition: 'core.v1.Namespace',
  checkName: label1123,
  hasStatus: true,
  complete: (object) => ({
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
    },
    spec: object.spec ?? {},
    status: object.status ?? {},
  }),
  prepareCreate: (object) => ({
    ...object,
    spec: { finalizers: [...new Set([...(object.spec.finalizers ?? []), 'kubernetes'])] },
    status: { phase: 'Active' },
  }),
  prepareUpdate: (next, before, scope) =>
    scope === 'status' ? { ...next, spec: before.spec } : { ...next, status: before.status, spec: before.spec },
  selectable: { 'status.phase': ({ status }) => status.phase ?? '' },
  columns: [NAME, column('Status'), AGE],
  row: ({ metadata, status }, now) => [metadata.name, status.phase ?? '', ageOf(metadata.creationTimestamp, now)],
};
