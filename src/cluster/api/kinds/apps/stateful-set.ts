import { forbiddenValue } from '../../field-error.ts';
import { isEqual } from '../../json.ts';
import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { label1123 } from '../../names.ts';
import { ageOf } from '../../time.ts';
import type { StatefulSet } from '../../types/workloads.ts';
import { containerCells } from '../cells.ts';
import { completeTemplate } from '../pod/defaults.ts';
import { validateWorkload } from './template.ts';

/** pkg/registry/apps/statefulset */
export const statefulSet: Kind<StatefulSet> = {
  ...usual,
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  storagePath: 'statefulsets',
  definition: 'apps.v1.StatefulSet',
  checkName: label1123,
  hasStatus: true,
  hasGeneration: true,
  complete: (object) => {
    const { spec } = object;
    const type = spec.updateStrategy?.type ?? 'RollingUpdate';
    return {
      ...object,
      spec: {
        ...spec,
        replicas: spec.replicas ?? 1,
        template: completeTemplate(spec.template),
        podManagementPolicy: spec.podManagementPolicy ?? 'OrderedReady',
        updateStrategy:
          type === 'RollingUpdate'
            ? { type, rollingUpdate: { partition: 0, ...spec.updateStrategy?.rollingUpdate } }
            : { type },
        revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
        persistentVolumeClaimRetentionPolicy: {
          whenDeleted: 'Retain',
          whenScaled: 'Retain',
          ...spec.persistentVolumeClaimRetentionPolicy,
        },
      },
      status: object.status ?? { replicas: 0 },
    };
  },
  prepareCreate: (object) => ({ ...object, status: { replicas: 0, availableReplicas: 0 } }),
  prepareUpdate: (next, before, scope) =>
    scope === 'status' ? { ...next, spec: before.spec } : { ...next, status: before.status },
  validate: ({ spec }) => validateWorkload(spec),
  validateUpdate: (next, before, scope) =>
    scope === 'main' && !isEqual(fixed(next), fixed(before)) ? [forbiddenValue('spec', MUTABLE)] : [],
  columns: [NAME, column('Ready'), AGE, column('Containers', 'wide'), column('Images', 'wide')],
  row: ({ metadata, spec, status }, now) => [
    metadata.name,
    `${status.readyReplicas ?? 0}/${spec.replicas}`,
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec.template),
  ],
};

const MUTABLE =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

function fixed({ spec }: StatefulSet): unknown {
  const { selector, serviceName, podManagementPolicy, volumeClaimTemplates } = spec;
  return { selector, serviceName, podManagementPolicy, volumeClaimTemplates };
}
