import { type Routine, sleep } from '#kernel/coroutine.ts';
import { CriError } from '#machine/cri.ts';
import type { Container, Pod } from '../../../api/types/pod.ts';
import type { KubeletContext } from '../context.ts';
import { fieldPath, formatName } from '../pods/pod-names.ts';
import type { PodRecord } from '../pods/pod-record.ts';
import { race } from '../together.ts';
import { HookError, runHook } from './lifecycle-hook.ts';

/** Seconds that a container gets at least, so that it is not killed for nothing (minimumGracePeriodInSeconds). */
const SHORTEST_GRACE = 2;

export interface KillOptions {
  /** Of the event. */
  readonly message?: string;
  /** The probe that failed; its own grace period counts. */
  readonly probe?: 'Startup' | 'Liveness' | undefined;
  /** Seconds, in place of what the spec says. */
  readonly grace?: number | undefined;
  /** Lets it wait until others have ended, at most so many seconds. */
  readonly turn?: (seconds: number) => Routine<void>;
}

/** Ends a container: its preStop hook, TERM, and KILL at the end of its grace (kuberuntime_container.killContainer). @throws CriError */
export function* killContainer(
  context: KubeletContext,
  record: PodRecord,
  container: Container,
  id: string,
  { message = `Stopping container ${container.name}`, probe, grace, turn }: KillOptions = {},
): Routine<void> {
  const { runtime, recorder, kernel, log } = context;
  const { pod } = record;
  recorder.record(pod, 'Normal', 'Killing', message, fieldPath(pod, container));
  const seconds = grace ?? graceOf(pod, container, probe);
  const begun = kernel.now;
  const left = () => seconds - Math.floor((kernel.now - begun) / 1000);
  const names = { pod: formatName(pod), podUID: pod.metadata.uid, containerName: container.name };
  const ids = { ...names, containerID: `containerd://${id}` };
  if (container.lifecycle?.preStop && seconds > 0) yield* preStop(context, record, container, id, seconds);
  if (turn && left() > 0) yield* turn(left());
  const rest = Math.max(SHORTEST_GRACE, left());
  log.verbose(2, 'kuberuntime_container.go:910', 'Killing container with a grace period', {
    ...ids,
    gracePeriod: rest,
  });
  try {
    yield* runtime.stopContainer(id, rest);
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    if (error.code === 'NotFound') return;
    log.error('kuberuntime_container.go:915', 'Container termination failed with gracePeriod', {
      err: error.rpcMessage,
      ...ids,
      gracePeriod: rest,
    });
    throw error;
  }
}

/** Runs the hook, as long as the grace period lasts. */
function* preStop(
  context: KubeletContext,
  { pod, podIP }: PodRecord,
  container: Container,
  id: string,
  seconds: number,
): Routine<void> {
  const { kernel, recorder, log } = context;
  function* hook(): Routine<void> {
    try {
      yield* runHook(context, container.lifecycle?.preStop ?? {}, id, pod, container, podIP);
    } catch (error) {
      if (!(error instanceof HookError)) throw error;
      log.error('kuberuntime_container.go:792', 'PreStop hook failed', {
        err: error.cause,
        pod: formatName(pod),
        podUID: pod.metadata.uid,
        containerName: container.name,
        containerID: `containerd://${id}`,
      });
      recorder.record(pod, 'Warning', 'FailedPreStopHook', 'PreStopHook failed', fieldPath(pod, container));
    }
  }
  yield* race(kernel, [hook(), sleep(kernel, seconds * 1000)]);
}

/** kuberuntime_container.setTerminationGracePeriod, in seconds. */
function graceOf({ metadata, spec }: Pod, container: Container, probe: KillOptions['probe']): number {
  if (metadata.deletionGracePeriodSeconds !== undefined) return metadata.deletionGracePeriodSeconds;
  const own = probe === 'Startup' ? container.startupProbe : probe === 'Liveness' ? container.livenessProbe : undefined;
  return own?.terminationGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? SHORTEST_GRACE;
}
