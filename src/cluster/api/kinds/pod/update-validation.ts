import { type FieldError, forbiddenValue, invalidValue } from '../../field-error.ts';
import { isEqual } from '../../json.ts';
import type { Container, Pod, PodSpec } from '../../types/pod.ts';

const MUTABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** pkg/apis/core/validation.ValidatePodUpdate */
export function validatePodUpdate(next: Pod, before: Pod): FieldError[] {
  const errors: FieldError[] = [];
  const added = (next.spec.tolerations ?? []).slice(0, before.spec.tolerations?.length ?? 0);
  if (!isEqual(added, before.spec.tolerations ?? [])) {
    errors.push(
      forbiddenValue('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'),
    );
  }
  const gates = new Set((before.spec.schedulingGates ?? []).map(({ name }) => name));
  for (const [index, { name }] of (next.spec.schedulingGates ?? []).entries()) {
    if (gates.has(name)) continue;
    const why = `only deletion is allowed, but found new scheduling gate '${name}'`;
    errors.push(forbiddenValue(`spec.schedulingGates[${index}].name`, why));
  }
  const isGated = gates.size > 0;
  if (isGated && !hasAll(next.spec.nodeSelector, before.spec.nodeSelector)) {
    const why = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
    errors.push(invalidValue('spec.nodeSelector', next.spec.nodeSelector ?? null, why));
  }
  if (isEqual(fixedPart(next.spec, before.spec, isGated), before.spec)) return errors;
  return [...errors, forbiddenValue('spec', MUTABLE)];
}

function hasAll(next: PodSpec['nodeSelector'] = {}, before: PodSpec['nodeSelector'] = {}): boolean {
  return Object.entries(before).every(([key, value]) => next[key] === value);
}

/** The new spec with what may change as it was. */
function fixedPart(next: PodSpec, before: PodSpec, isGated: boolean): PodSpec {
  const withImages = (list: readonly Container[] | undefined, old: readonly Container[] | undefined) =>
    list?.length === old?.length ? list?.map((container, index) => withImage(container, old?.[index]?.image)) : list;
  const {
    activeDeadlineSeconds: _,
    tolerations: __,
    schedulingGates: ___,
    initContainers,
    nodeSelector,
    ...rest
  } = next;
  const init = withImages(initContainers, before.initContainers);
  const selector = isGated ? before.nodeSelector : nodeSelector;
  return {
    ...rest,
    containers: withImages(next.containers, before.containers) ?? [],
    ...(init && { initContainers: init }),
    ...(selector && { nodeSelector: selector }),
    ...(before.activeDeadlineSeconds !== undefined && { activeDeadlineSeconds: before.activeDeadlineSeconds }),
    ...(before.tolerations && { tolerations: before.tolerations }),
    ...(before.schedulingGates && { schedulingGates: before.schedulingGates }),
  };
}

function withImage(container: Container, image: string | undefined): Container {
  return image === undefined ? container : { ...container, image };
}
