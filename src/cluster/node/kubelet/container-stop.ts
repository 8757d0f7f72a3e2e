import type { Routine } from '#kernel/coroutine.ts';
import type { ContainerStatus } from '#machine/cri.ts';
import type { Container } from '../../api/types/pod.ts';
import type { KubeletContext } from './context.ts';
import { runHook } from './lifecycle-hook.ts';
import { fieldPath } from './pod-names.ts';
import type { PodRecord } from './pod-record.ts';

/** Ends a container: its preStop hook, TERM, and KILL after `grace` seconds in all (kuberuntime_container.killContainer). */
export function* stopContainer(
  context: KubeletContext,
  { pod, podIP }: PodRecord,
  container: Container,
  status: ContainerStatus,
  grace: number,
  message: string,
): Routine<void> {
  const { recorder, runtime, prober, kernel } = context;
  const path = fieldPath(pod, container);
  prober.stop(status.id);
  recorder.record(pod, 'Normal', 'Killing', message, path);
  const begun = kernel.now;
  if (container.lifecycle?.preStop && grace > 0) {
    const failure = yield* runHook(context, container.lifecycle.preStop, status.id, container, podIP);
    if (failure !== undefined) recorder.record(pod, 'Warning', 'FailedPreStopHook', 'PreStopHook failed', path);
  }
  const left = Math.max(0, grace - (kernel.now - begun) / 1000);
  yield* runtime.stopContainer(status.id, left);
}
