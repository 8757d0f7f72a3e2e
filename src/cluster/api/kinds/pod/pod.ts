import { type Kind, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import type { Condition } from '../../object.ts';
import type { Pod } from '../../types/pod.ts';
import { completePod } from './defaults.ts';
import { qosOf } from './qos.ts';
import { podColumns, podRow } from './row.ts';
import { validatePodUpdate } from './update-validation.ts';
import { validatePodSpec } from './validation.ts';

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
  prepareCreate: (object) => ({
    ...object,
    status: {
      phase: 'Pending',
      qosClass: qosOf(object.spec),
      ...(object.spec.schedulingGates?.length && { conditions: [gatedSince(object.metadata.creationTimestamp)] }),
    },
  }),
  prepareUpdate: (next, before, scope) =>
    scope === 'status'
      ? { ...next, spec: before.spec, status: withTimes(next.status) }
      : { ...next, status: before.status },
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

/** Pods with gates are not given to the scheduler (strategy.go, applySchedulingGatedCondition). */
function gatedSince(time: string): Condition {
  return {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: time,
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  };
}

/** A condition always has its two times, if only as nothing. */
function withTimes(status: Pod['status']): Pod['status'] {
  if (!status.conditions) return status;
  const conditions = status.conditions.map((each) => ({ lastProbeTime: null, lastTransitionTime: null, ...each }));
  return { ...status, conditions };
}
