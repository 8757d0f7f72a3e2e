import { parseTime } from '#kernel/calendar.ts';
import { type FieldError, invalidValue, notSupported, required } from '../../field-error.ts';
import { isEqual } from '../../json.ts';
import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import { formatSelector } from '../../selectors/labels.ts';
import { ageOf, humanDuration } from '../../time.ts';
import type { Job, JobSpec } from '../../types/workloads.ts';
import { containerCells } from '../cells.ts';
import { completeTemplate } from '../pod/defaults.ts';
import { validatePodSpec } from '../pod/validation.ts';

/** pkg/registry/batch/job */
export const job: Kind<Job> = {
  ...usual,
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  singular: 'job',
  categories: ['all'],
  storagePath: 'jobs',
  definition: 'batch.v1.Job',
  checkName: subdomain1123,
  hasStatus: true,
  hasGeneration: true,
  complete: (object) => ({ ...object, spec: completeJobSpec(object.spec), status: object.status ?? {} }),
  prepareCreate: (object) => ({ ...withOwnLabels(withSelector(object)), status: {} }),
  prepareUpdate: (next, before, scope) =>
    scope === 'status' ? { ...next, spec: before.spec } : { ...next, status: before.status },
  validate: ({ spec }) => validateJobSpec(spec, 'spec'),
  validateUpdate: validateJobUpdate,
  selectable: { 'status.successful': ({ status }) => `${status.succeeded ?? 0}` },
  columns: [
    NAME,
    column('Status'),
    column('Completions'),
    column('Duration'),
    AGE,
    column('Containers', 'wide'),
    column('Images', 'wide'),
    column('Selector', 'wide'),
  ],
  row: (object, now) => [
    object.metadata.name,
    statusOf(object),
    completionsOf(object),
    durationOf(object, now),
    ageOf(object.metadata.creationTimestamp, now),
    ...containerCells(object.spec.template),
    formatSelector(object.spec.selector),
  ],
};

/** pkg/apis/batch/v1/defaults.go */
export function completeJobSpec(spec: JobSpec): JobSpec {
  const isBare = spec.completions === undefined && spec.parallelism === undefined;
  return {
    ...spec,
    ...(isBare && { completions: 1 }),
    parallelism: spec.parallelism ?? 1,
    completionMode: spec.completionMode ?? 'NonIndexed',
    backoffLimit: spec.backoffLimit ?? 6,
    suspend: spec.suspend ?? false,
    podReplacementPolicy: spec.podReplacementPolicy ?? 'TerminatingOrFailed',
    template: completeTemplate(spec.template),
    ...(spec.manualSelector !== undefined && { manualSelector: spec.manualSelector }),
  };
}

/** pkg/registry/batch/job.generateSelector: Pods of a Job are found by its UID. */
function withSelector(object: Job): Job {
  if (object.spec.manualSelector) return object;
  const { uid, name } = object.metadata;
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const { template } = object.spec;
  return {
    ...object,
    spec: {
      ...object.spec,
      manualSelector: false,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
      template: {
        ...template,
        metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...labels } },
      },
    },
  };
}

/** A Job without labels has those of its Pods (pkg/apis/batch/v1.SetDefaults_Job). */
function withOwnLabels(object: Job): Job {
  const { labels } = object.spec.template.metadata ?? {};
  if (!labels || Object.keys(object.metadata.labels ?? {}).length > 0) return object;
  return { ...object, metadata: { ...object.metadata, labels } };
}

/** pkg/apis/batch/validation.ValidateJobSpec */
export function validateJobSpec(spec: JobSpec, at: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const member of [
    'parallelism',
    'completions',
    'backoffLimit',
    'activeDeadlineSeconds',
    'ttlSecondsAfterFinished',
  ] as const) {
    const value = spec[member];
    if (value !== undefined && value < 0)
      errors.push(invalidValue(`${at}.${member}`, value, 'must be greater than or equal to 0'));
  }
  if (spec.completionMode === 'Indexed' && spec.completions === undefined) {
    errors.push(required(`${at}.completions`, 'when completion mode is Indexed'));
  }
  errors.push(...validatePodSpec(spec.template.spec, `${at}.template.spec`));
  const { restartPolicy } = spec.template.spec;
  if (restartPolicy === 'Always') {
    errors.push({ ...required(`${at}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"') });
  } else if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never') {
    errors.push(notSupported(`${at}.template.spec.restartPolicy`, restartPolicy, ['OnFailure', 'Never']));
  }
  return errors;
}

function validateJobUpdate(next: Job, before: Job): FieldError[] {
  const errors: FieldError[] = [];
  for (const member of ['completions', 'selector', 'completionMode'] as const) {
    if (isEqual(next.spec[member], before.spec[member])) continue;
    errors.push(invalidValue(`spec.${member}`, next.spec[member] ?? null, 'field is immutable'));
  }
  if (!isEqual(next.spec.template, before.spec.template)) {
    errors.push(invalidValue('spec.template', next.spec.template, 'field is immutable'));
  }
  return errors;
}

function statusOf({ metadata, status }: Job): string {
  const has = (type: string) =>
    status.conditions?.some((condition) => condition.type === type && condition.status === 'True');
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  if (has('Suspended')) return 'Suspended';
  if (has('FailureTarget')) return 'FailureTarget';
  return has('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function completionsOf({ spec, status }: Job): string {
  const succeeded = status.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationOf({ status }: Job, now: number): string {
  if (!status.startTime) return '';
  return humanDuration((status.completionTime ? parseTime(status.completionTime) : now) - parseTime(status.startTime));
}
