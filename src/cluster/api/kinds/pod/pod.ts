import { type Kind, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import type { Pod } from '../../types/pod.ts';
import { completePod } from './defaults.ts';
import { qosOf } from './qos.ts';
import { podColumns, podRow } from './row.ts';
import { validatePodSpec, validatePodUpdate } from './validation.ts';

/** pkg/registry/core/pod */
export const pod: Kind<Pod> = {
  ...usual,
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  storagePath: 'pods',
  definition: 'core.v1.Pod',
  checkName: subdomain1123,
  hasStatus: true,
  hasGeneration: true,
  complete: completePod,
  prepareCreate: (object) => ({ ...object, status: { phase: 'Pending', qosClass: qosOf(object.spec) } }),
  prepareUpdate: (next, before, scope) =>
    scope === 'status' ? { ...next, spec: before.spec } : { ...next, status: before.status },
  validate: (object) => validatePodSpec(object.spec, 'spec'),
  validateUpdate: (next, before, scope) => (scope === 'main' ? validatePodUpdate(next, before) : []),
  selectable: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status.phase ?? '',
    'status.podIP': ({ status }) => status.podIP ?? '',
    'status.nominatedNodeName': ({ status }) => status.nominatedNodeName ?? '',
  },
  columns: podColumns,
  row: podRow,
};
