import { type FieldError, invalidValue, notSupported, required } from '../../field-error.ts';
import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import { formatSelector } from '../../selectors/labels.ts';
import { ageOf } from '../../time.ts';
import type { CronJob } from '../../types/workloads.ts';
import { containerCells } from '../cells.ts';
import { completeJobSpec, validateJobSpec } from './job.ts';
import { Schedule, ScheduleError } from './schedule.ts';

/** Room for the suffix of its Jobs. */
const MAX_NAME = 52;

/** pkg/registry/batch/cronjob */
export const cronJob: Kind<CronJob> = {
  ...usual,
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  storagePath: 'cronjobs',
  definition: 'batch.v1.CronJob',
  checkName: subdomain1123,
  hasStatus: true,
  hasGeneration: true,
  complete: (object) => {
    const { spec } = object;
    return {
      ...object,
      spec: {
        ...spec,
        concurrencyPolicy: spec.concurrencyPolicy ?? 'Allow',
        suspend: spec.suspend ?? false,
        successfulJobsHistoryLimit: spec.successfulJobsHistoryLimit ?? 3,
        failedJobsHistoryLimit: spec.failedJobsHistoryLimit ?? 1,
        jobTemplate: {
          ...spec.jobTemplate,
          metadata: spec.jobTemplate.metadata ?? {},
          spec: completeTemplateSpec(spec.jobTemplate.spec),
        },
      },
      status: object.status ?? {},
    };
  },
  prepareCreate: (object) => ({ ...object, status: {} }),
  prepareUpdate: (next, before, scope) =>
    scope === 'status' ? { ...next, spec: before.spec } : { ...next, status: before.status },
  validate: validateCronJob,
  columns: [
    NAME,
    column('Schedule'),
    column('Timezone'),
    column('Suspend', 'boolean'),
    column('Active', 'integer'),
    column('Last Schedule'),
    AGE,
    column('Containers', 'wide'),
    column('Images', 'wide'),
    column('Selector', 'wide'),
  ],
  row: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.schedule,
    spec.timeZone ?? '<none>',
    spec.suspend ? 'True' : 'False',
    status.active?.length ?? 0,
    status.lastScheduleTime ? ageOf(status.lastScheduleTime, now) : '<none>',
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec.jobTemplate.spec.template),
    formatSelector(spec.jobTemplate.spec.selector),
  ],
};

/** The Pod template is completed; counts are left to the Job that is made of it. */
function completeTemplateSpec(spec: CronJob['spec']['jobTemplate']['spec']): CronJob['spec']['jobTemplate']['spec'] {
  return { ...spec, template: completeJobSpec(spec).template };
}

/** pkg/apis/batch/validation.validateCronJobSpec */
function validateCronJob({ metadata, spec }: CronJob): FieldError[] {
  const errors: FieldError[] = [];
  if (metadata.name.length > MAX_NAME) {
    errors.push(invalidValue('metadata.name', metadata.name, 'must be no more than 52 characters'));
  }
  if (!spec.schedule) errors.push(required('spec.schedule'));
  else {
    try {
      new Schedule(spec.schedule);
    } catch (error) {
      if (!(error instanceof ScheduleError)) throw error;
      errors.push(invalidValue('spec.schedule', spec.schedule, error.message));
    }
  }
  if (!['Allow', 'Forbid', 'Replace'].includes(spec.concurrencyPolicy)) {
    errors.push(notSupported('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']));
  }
  return [...errors, ...validateJobSpec(spec.jobTemplate.spec, 'spec.jobTemplate.spec')];
}
