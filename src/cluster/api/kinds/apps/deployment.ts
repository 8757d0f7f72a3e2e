import { type FieldError, forbiddenValue, invalidValue, notSupported } from '../../field-error.ts';
import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import { formatSelector } from '../../selectors/labels.ts';
import { ageOf } from '../../time.ts';
import type { Deployment } from '../../types/workloads.ts';
import { containerCells } from '../cells.ts';
import { completeTemplate } from '../pod/defaults.ts';
import { checkSelectorUpdate, checkShare, validateWorkload } from './template.ts';

/** pkg/registry/apps/deployment */
export const deployment: Kind<Deployment> = {
  ...usual,
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  storagePath: 'deployments',
  definition: 'apps.v1.Deployment',
  checkName: subdomain1123,
  hasStatus: true,
  hasGeneration: true,
  complete: completeDeployment,
  prepareCreate: (object) => ({ ...object, status: {} }),
  prepareUpdate: (next, before, scope) =>
    scope === 'status' ? { ...next, spec: before.spec } : { ...next, status: before.status },
  validate: validateDeployment,
  validateUpdate: (next, before, scope) => (scope === 'main' ? checkSelectorUpdate(next.spec, before.spec) : []),
  columns: [
    NAME,
    column('Ready'),
    column('Up-to-date', 'integer'),
    column('Available', 'integer'),
    AGE,
    column('Containers', 'wide'),
    column('Images', 'wide'),
    column('Selector', 'wide'),
  ],
  row: ({ metadata, spec, status }, now) => [
    metadata.name,
    `${status.readyReplicas ?? 0}/${spec.replicas}`,
    status.updatedReplicas ?? 0,
    status.availableReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec.template),
    formatSelector(spec.selector),
  ],
};

function completeDeployment(object: Deployment): Deployment {
  const { spec } = object;
  const type = spec.strategy?.type ?? 'RollingUpdate';
  return {
    ...object,
    spec: {
      ...spec,
      replicas: spec.replicas ?? 1,
      template: completeTemplate(spec.template),
      strategy:
        type === 'RollingUpdate'
          ? { type, rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%', ...spec.strategy?.rollingUpdate } }
          : { ...spec.strategy, type },
      revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
      progressDeadlineSeconds: spec.progressDeadlineSeconds ?? 600,
    },
    status: object.status ?? {},
  };
}

/** pkg/apis/apps/validation.ValidateDeploymentSpec */
function validateDeployment({ spec }: Deployment): FieldError[] {
  const errors = [...validateWorkload(spec), ...validateStrategy(spec.strategy)];
  if (spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0)) {
    errors.push(
      invalidValue(
        'spec.progressDeadlineSeconds',
        spec.progressDeadlineSeconds,
        'must be greater than minReadySeconds',
      ),
    );
  }
  return errors;
}

function validateStrategy({ type, rollingUpdate }: Deployment['spec']['strategy']): FieldError[] {
  if (type === 'Recreate') {
    return rollingUpdate
      ? [forbiddenValue('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")]
      : [];
  }
  if (type !== 'RollingUpdate') return [notSupported('spec.strategy.type', type, ['Recreate', 'RollingUpdate'])];
  const { maxSurge, maxUnavailable } = rollingUpdate ?? {};
  const errors = [
    ...checkShare(maxUnavailable, 'spec.strategy.rollingUpdate.maxUnavailable'),
    ...checkShare(maxSurge, 'spec.strategy.rollingUpdate.maxSurge'),
  ];
  if (
    errors.length === 0 &&
    Number.parseInt(String(maxSurge), 10) === 0 &&
    Number.parseInt(String(maxUnavailable), 10) === 0
  ) {
    errors.push(
      invalidValue('spec.strategy.rollingUpdate.maxUnavailable', maxUnavailable, 'may not be 0 when `maxSurge` is 0'),
    );
  }
  return errors;
}
