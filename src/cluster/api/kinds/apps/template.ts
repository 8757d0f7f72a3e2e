import { type FieldError, invalidValue, notSupported, required } from '../../field-error.ts';
import { isEqual } from '../../json.ts';
import type { LabelSelector } from '../../object.ts';
import { checkLabelSelector, checkLabels, selectorMatcher } from '../../selectors/labels.ts';
import type { PodTemplateSpec } from '../../types/pod.ts';
import type { IntOrString } from '../../types/workloads.ts';
import { validatePodSpec } from '../pod/validation.ts';

/** What Deployments, ReplicaSets, DaemonSets and StatefulSets check alike (pkg/apis/apps/validation). */
export function validateWorkload(spec: {
  readonly selector?: LabelSelector;
  readonly template: PodTemplateSpec;
  readonly replicas?: number;
  readonly minReadySeconds?: number;
  readonly revisionHistoryLimit?: number;
}): FieldError[] {
  const errors: FieldError[] = [];
  for (const member of ['replicas', 'minReadySeconds', 'revisionHistoryLimit'] as const) {
    const value = spec[member];
    if (value !== undefined && value < 0)
      errors.push(invalidValue(`spec.${member}`, value, 'must be greater than or equal to 0'));
  }
  const { selector } = spec;
  const selectorErrors = selector ? checkLabelSelector(selector, 'spec.selector') : [required('spec.selector')];
  const selectsAll = selector !== undefined && isEmpty(selector);
  if (selectsAll)
    selectorErrors.push(invalidValue('spec.selector', selector, 'empty selector is invalid for deployment'));
  errors.push(...selectorErrors);
  const labels = spec.template.metadata?.labels;
  // No selector selects nothing, so that the labels do not fit either.
  const canBeAsked = selector === undefined || selectorErrors.length === 0;
  if (canBeAsked && !selectsAll && !selectorMatcher(selector)(labels)) {
    errors.push(
      invalidValue('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`'),
    );
  }
  errors.push(
    ...checkLabels(labels, 'spec.template.labels'),
    ...validatePodSpec(spec.template.spec, 'spec.template.spec'),
  );
  const { restartPolicy } = spec.template.spec;
  if (restartPolicy !== 'Always')
    errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  return errors;
}

/** A selector that may not change once it is there. */
export function checkSelectorUpdate(
  next: { readonly selector: LabelSelector },
  before: { readonly selector: LabelSelector },
): FieldError[] {
  return isEqual(next.selector, before.selector)
    ? []
    : [invalidValue('spec.selector', next.selector, 'field is immutable')];
}

function isEmpty(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0) === 0;
}

/** ValidatePositiveIntOrPercent */
export function checkShare(value: IntOrString | undefined, field: string): FieldError[] {
  if (value === undefined) return [];
  if (typeof value === 'number')
    return value < 0 ? [invalidValue(field, value, 'must be greater than or equal to 0')] : [];
  if (/^\d+%$/.test(value)) return [];
  return [
    invalidValue(
      field,
      value,
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ),
  ];
}
