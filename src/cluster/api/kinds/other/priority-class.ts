import { forbiddenValue, invalidValue } from '../../field-error.ts';
import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import { ageOf } from '../../time.ts';
import type { PriorityClass } from '../../types/policy.ts';

/** Above it is the system's. */
const HIGHEST = 1_000_000_000;

/** pkg/registry/scheduling/priorityclass */
export const priorityClass: Kind<PriorityClass> = {
  ...usual,
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  singular: 'priorityclass',
  shortNames: ['pc'],
  isNamespaced: false,
  storagePath: 'priorityclasses',
  definition: 'scheduling.v1.PriorityClass',
  checkName: subdomain1123,
  hasGeneration: true,
  complete: (object) => ({ ...object, preemptionPolicy: object.preemptionPolicy ?? 'PreemptLowerPriority' }),
  validate: ({ metadata, value }) => {
    const isSystem = metadata.name.startsWith('system-');
    if (isSystem && !['system-node-critical', 'system-cluster-critical'].includes(metadata.name)) {
      return [
        invalidValue(
          'metadata.name',
          metadata.name,
          "priority class names with 'system-' prefix are reserved for system use only",
        ),
      ];
    }
    return isSystem || value <= HIGHEST
      ? []
      : [forbiddenValue('value', `maximum allowed value of a user defined priority is ${HIGHEST}`)];
  },
  validateUpdate: (next, before) =>
    next.value === before.value ? [] : [invalidValue('value', next.value, 'field is immutable')],
  columns: [NAME, column('Value', 'integer'), column('Global-Default', 'boolean'), AGE, column('PreemptionPolicy')],
  row: ({ metadata, value, globalDefault, preemptionPolicy }, now) => [
    metadata.name,
    value,
    globalDefault ?? false,
    ageOf(metadata.creationTimestamp, now),
    preemptionPolicy ?? '',
  ],
};
