import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import { formatSelector } from '../../selectors/labels.ts';
import { ageOf } from '../../time.ts';
import type { ReplicaSet } from '../../types/workloads.ts';
import { containerCells } from '../cells.ts';
import { completeTemplate } from '../pod/defaults.ts';
import { checkSelectorUpdate, validateWorkload } from './template.ts';

/** pkg/registry/apps/replicaset */
export const replicaSet: Kind<ReplicaSet> = {
  ...usual,
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  storagePath: 'replicasets',
  definition: 'apps.v1.ReplicaSet',
  checkName: subdomain1123,
  hasStatus: true,
  hasGeneration: true,
  complete: (object) => ({
    ...object,
    spec: { ...object.spec, replicas: object.spec.replicas ?? 1, template: completeTemplate(object.spec.template) },
    status: object.status ?? { replicas: 0 },
  }),
  prepareCreate: (object) => ({ ...object, status: { replicas: 0 } }),
  prepareUpdate: (next, before, scope) =>
    scope === 'status' ? { ...next, spec: before.spec } : { ...next, status: before.status },
  validate: ({ spec }) => validateWorkload(spec),
  validateUpdate: (next, before, scope) => (scope === 'main' ? checkSelectorUpdate(next.spec, before.spec) : []),
  selectable: { 'status.replicas': ({ status }) => `${status.replicas}` },
  columns: [
    NAME,
    column('Desired', 'integer'),
    column('Current', 'integer'),
    column('Ready', 'integer'),
    AGE,
    column('Containers', 'wide'),
    column('Images', 'wide'),
    column('Selector', 'wide'),
  ],
  row: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.replicas,
    status.replicas,
    status.readyReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec.template),
    formatSelector(spec.selector),
  ],
};
