import type { ContainerStatus, PodSandbox } from '#machine/cri.ts';
import type { Container, Pod } from '../../../api/types/pod.ts';

/** What the runtime has of a Pod at one moment (pkg/kubelet/container.PodStatus). Both newest first. */
export interface RuntimePod {
  readonly sandboxes: readonly PodSandbox[];
  /** Of every container of the Pod, also those that ended and are not removed yet. */
  readonly containers: readonly ContainerStatus[];
}

export function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}

/** The newest of a container's name; undefined when it never was, or was removed. */
export function latestOf({ containers }: RuntimePod, { name }: Container): ContainerStatus | undefined {
  return containers.find(({ config }) => config.name === name);
}

/** Whether a Pod must get a sandbox, and which attempt that is (pkg/kubelet/kuberuntime/util.PodSandboxChanged). */
export function sandboxChange(
  pod: Pod,
  { sandboxes }: RuntimePod,
): { readonly isNeeded: boolean; readonly attempt: number; readonly newest: PodSandbox | undefined } {
  const [newest] = sandboxes;
  if (!newest) return { isNeeded: true, attempt: 0, newest };
  const ready = sandboxes.filter(({ state }) => state === 'READY');
  const isGood = ready.length === 1 && newest.state === 'READY' && (pod.spec.hostNetwork === true || newest.ip !== '');
  return { isNeeded: !isGood, attempt: newest.config.attempt + (isGood ? 0 : 1), newest };
}

/** By the container's own policy and rules, or the Pod's (pkg/api/v1/pod.ContainerShouldRestart). */
export function shouldRestart({ restartPolicy, restartPolicyRules }: Container, pod: Pod, exitCode: number): boolean {
  const hasRule = restartPolicyRules?.some(({ action, exitCodes }) => {
    const isListed = exitCodes?.values?.includes(exitCode) ?? false;
    return action === 'Restart' && exitCodes !== undefined && isListed === (exitCodes.operator === 'In');
  });
  if (hasRule) return true;
  switch (restartPolicy ?? pod.spec.restartPolicy) {
    case 'Never':
      return false;
    case 'OnFailure':
      return exitCode !== 0;
    default:
      return true;
  }
}

/** Whether a container that does not run is to be started in the next sync (pkg/kubelet/container.ShouldContainerBeRestarted). */
export function mustStart(container: Container, pod: Pod, state: RuntimePod): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  const status = latestOf(state, container);
  if (!status || status.state === 'CREATED') return true;
  return status.state === 'EXITED' && shouldRestart(container, pod, status.exitCode);
}
