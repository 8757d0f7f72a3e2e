import type { Routine } from '#kernel/coroutine.ts';
import { type ContainerStatus, CriError, type PodSandbox } from '#machine/cri.ts';
import type { Container } from '../../api/types/pod.ts';
import { ConfigError, containerConfig } from './container-config.ts';
import type { KubeletContext } from './context.ts';
import { ImageError } from './image-puller.ts';
import { runHook } from './lifecycle-hook.ts';
import { fieldPath, formatName, formatPod } from './pod-names.ts';
import type { PodRecord } from './pod-record.ts';

/** kubelet.go: backOffPeriod; a start that failed is done again after 1 to 1.5 times of it. */
const RETRY = 10_000;

/**
 * Starts a container, unless it is backed off; why it could not is in the record (kuberuntime_manager.SyncPod's `start`).
 *
 * @param last how it ended before
 */
export function* startContainer(
  context: KubeletContext,
  record: PodRecord,
  container: Container,
  sandbox: PodSandbox,
  last: ContainerStatus | undefined,
): Routine<void> {
  const { recorder, kernel } = context;
  if (last?.state === 'EXITED' && isBackedOff(context, record, container, last)) return;
  const { pod } = record;
  const path = fieldPath(pod, container);
  try {
    yield* startNow(context, record, container, sandbox, last);
    record.waiting.delete(container.name);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    const message = error instanceof CriError ? error.message : (error as Error).message;
    record.waiting.set(container.name, { reason, message });
    if (reason !== 'ErrImagePull' || error instanceof ImageError)
      recorder.record(pod, 'Warning', 'Failed', `Error: ${error instanceof ImageError ? reason : message}`, path);
    record.wakeAfter(RETRY + kernel.random.int(RETRY / 2));
  }
  record.report();
}

/** Whether it must wait before it is started again (kuberuntime_manager.doBackOff). */
function isBackedOff(
  { crashBackoff, recorder, kernel, log }: KubeletContext,
  record: PodRecord,
  container: Container,
  last: ContainerStatus,
): boolean {
  const { pod } = record;
  const key = `${formatPod(pod)} ${container.name}`;
  if (!crashBackoff.isWaitingSince(key, last.finishedAt)) {
    crashBackoff.next(key, last.finishedAt);
    return false;
  }
  const backoff = crashBackoff.get(key);
  recorder.record(
    pod,
    'Warning',
    'BackOff',
    `Back-off restarting failed container ${container.name} in pod ${formatPod(pod)}`,
    fieldPath(pod, container),
  );
  const message = `back-off ${goSeconds(backoff)} restarting failed container=${container.name} pod=${formatPod(pod)}`;
  log.error('pod_workers.go:1324', 'Error syncing pod, skipping', {
    err: `failed to "StartContainer" for "${container.name}" with CrashLoopBackOff: "${message}"`,
    pod: formatName(pod),
    podUID: pod.metadata.uid,
  });
  record.waiting.set(container.name, { reason: 'CrashLoopBackOff', message });
  record.wakeAfter(last.finishedAt + backoff - kernel.now);
  return true;
}

/** kuberuntime_container.startContainer. @throws ImageError, ConfigError, CriError */
function* startNow(
  context: KubeletContext,
  record: PodRecord,
  container: Container,
  sandbox: PodSandbox,
  last: ContainerStatus | undefined,
): Routine<void> {
  const { images, runtime, recorder, client, hostIP, nodeName, prober } = context;
  const { pod } = record;
  const path = fieldPath(pod, container);
  yield* images.ensure(pod, container, path);
  if (record.isTerminating) return;
  const known = record.status?.containerStatuses?.find(({ name }) => name === container.name)?.restartCount;
  const attempt = last ? last.config.attempt + 1 : (known ?? 0);
  const config = containerConfig(pod, container, attempt, {
    client,
    services: context.services(),
    podIP: record.podIP,
    hostIP,
    nodeName,
    allocatable: context.allocatable(),
  });
  const id = yield* runtime.createContainer(sandbox.id, config);
  recorder.record(pod, 'Normal', 'Created', 'Container created', path);
  yield* runtime.startContainer(id);
  recorder.record(pod, 'Normal', 'Started', 'Container started', path);
  prober.start({ pod, container, containerId: id, podIP: record.podIP, fieldPath: path });
  if (container.lifecycle?.postStart) yield* postStart(context, record, container, id);
  yield* forgetOld(context, record, container);
}

function* postStart(context: KubeletContext, record: PodRecord, container: Container, id: string): Routine<void> {
  const failure = yield* runHook(context, container.lifecycle?.postStart ?? {}, id, container, record.podIP);
  if (failure === undefined) return;
  const { pod } = record;
  context.recorder.record(pod, 'Warning', 'FailedPostStartHook', 'PostStartHook failed', fieldPath(pod, container));
  yield* context.runtime.stopContainer(id, pod.spec.terminationGracePeriodSeconds ?? 30);
  throw new CriError('Unknown', `PostStartHookError: ${failure}`);
}

/** One dead container of each name is kept, for its log (`--maximum-dead-containers-per-container`). */
function* forgetOld({ prober, runtime }: KubeletContext, record: PodRecord, container: Container): Routine<void> {
  const dead = record.statusesOf(container).filter(({ state }) => state === 'EXITED');
  for (const { id } of dead.slice(1)) {
    prober.stop(id);
    yield* runtime.removeContainer(id);
  }
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof ImageError) return error.reason;
  if (error instanceof ConfigError) return 'CreateContainerConfigError';
  if (!(error instanceof CriError)) return undefined;
  if (error.message.startsWith('PostStartHookError')) return 'PostStartHookError';
  return error.message.startsWith('failed to create containerd task') ? 'RunContainerError' : 'CreateContainerError';
}

/** `10s`, `1m20s`, `5m0s`. */
function goSeconds(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
