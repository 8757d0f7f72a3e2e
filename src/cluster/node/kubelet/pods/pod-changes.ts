import { isEqual } from '../../../api/json.ts';
import type { Pod } from '../../../api/types/pod.ts';

/** Whether only the status differs (pkg/kubelet/config.checkAndUpdatePod). */
export function isSameWork(before: Pod, pod: Pod): boolean {
  return (
    isEqual(before.spec, pod.spec) &&
    isEqual(before.metadata.labels ?? {}, pod.metadata.labels ?? {}) &&
    isEqual(before.metadata.annotations ?? {}, pod.metadata.annotations ?? {}) &&
    before.metadata.deletionTimestamp === pod.metadata.deletionTimestamp &&
    !hasGateChange(before, pod)
  );
}

/** Conditions that are readiness gates count too (status.NeedToReconcilePodReadiness). */
function hasGateChange(before: Pod, pod: Pod): boolean {
  return (pod.spec.readinessGates ?? []).some(({ conditionType }) => {
    const statusOf = ({ status }: Pod) => status.conditions?.find(({ type }) => type === conditionType)?.status;
    return statusOf(before) !== statusOf(pod);
  });
}
