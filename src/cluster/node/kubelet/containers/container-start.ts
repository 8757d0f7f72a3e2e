import type { Routine } from '#kernel/coroutine.ts';
import { CriError, type PodSandbox } from '#machine/cri.ts';
import type { Container } from '../../../api/types/pod.ts';
import type { KubeletContext } from '../context.ts';
import { goDuration } from '../duration.ts';
import { fieldPath, formatPod } from '../pods/pod-names.ts';
import type { PodRecord } from '../pods/pod-record.ts';
import type { SyncResult } from '../pods/sync-result.ts';
import { latestOf, type RuntimePod } from '../runtime/runtime-pod.ts';
import { ConfigError, containerConfig } from './container-config.ts';
import { killContainer } from './container-stop.ts';
import { ImageError } from './image-puller.ts';
import { HookError, runHook } from './lifecycle-hook.ts';
import { linkLog } from './log-links.ts';

type Failure = NonNullable<SyncResult['error']>;

/** Starts a container, unless it is backed off (kuberuntime_manager.SyncPod's `start`). @returns why it could not */
export function* startContainer(
  context: KubeletContext,
  record: PodRecord,
  container: Container,
  sandbox: PodSandbox,
  state: RuntimePod,
): Routine<Failure | undefined> {
  const backedOff = backOff(context, record, container, state);
  if (backedOff) return backedOff;
  const { recorder } = context;
  const { pod } = record;
  const path = fieldPath(pod, container);
  const tell = (message: string) => recorder.record(pod, 'Warning', 'Failed', `Error: ${message}`, path);
  try {
    yield* context.images.ensure(pod, container, path);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    tell(error.reason);
    return { reason: error.reason, message: error.message };
  }
  let id: string;
  try {
    const config = containerConfig(pod, container, attemptOf(context, record, container, state), {
      ...context,
      services: context.services(),
      podIP: record.podIP,
      allocatable: context.allocatable(),
    });
    id = yield* context.runtime.createContainer(sandbox.id, config);
  } catch (error) {
    if (!(error instanceof CriError || error instanceof ConfigError)) throw error;
    tell(error.message);
    const reason = error instanceof ConfigError ? 'CreateContainerConfigError' : 'CreateContainerError';
    return { reason, message: error.message };
  }
  recorder.record(pod, 'Normal', 'Created', 'Container created', path);
  try {
    yield* context.runtime.startContainer(id);
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    context.log.error('remote_runtime.go:435', 'StartContainer from runtime service failed', {
      err: error.rpcMessage,
      containerID: id,
    });
    tell(error.message);
    return { reason: 'RunContainerError', message: error.message };
  }
  recorder.record(pod, 'Normal', 'Started', 'Container started', path);
  linkLog(context.files, context.runtime.container(id));
  return container.lifecycle?.postStart ? yield* postStart(context, record, container, id) : undefined;
}

/** Why a container that ended must wait before it is started again (kuberuntime_manager.doBackOff). */
function backOff(
  { crashBackoff, recorder }: KubeletContext,
  { pod }: PodRecord,
  container: Container,
  state: RuntimePod,
): Failure | undefined {
  const last = state.containers.find(({ config, state: is }) => config.name === container.name && is === 'EXITED');
  if (!last) return undefined;
  // What is changed in the spec begins anew (kuberuntime's GetBackoffKey holds a hash of the container).
  const key = `${formatPod(pod)} ${container.name} ${container.image}`;
  if (!crashBackoff.isWaitingSince(key, last.finishedAt)) {
    crashBackoff.next(key, last.finishedAt);
    return undefined;
  }
  const backoff = crashBackoff.get(key);
  recorder.record(
    pod,
    'Warning',
    'BackOff',
    `Back-off restarting failed container ${container.name} in pod ${formatPod(pod)}`,
    fieldPath(pod, container),
  );
  return {
    reason: 'CrashLoopBackOff',
    message: `back-off ${goDuration(backoff)} restarting failed container=${container.name} pod=${formatPod(pod)}`,
    retryAt: last.finishedAt + backoff,
  };
}

/** One more than the last; when the runtime has forgotten, its log files tell. */
function attemptOf({ files }: KubeletContext, { pod }: PodRecord, container: Container, state: RuntimePod): number {
  const last = latestOf(state, container);
  if (last) return last.config.attempt + 1;
  const { namespace, name, uid } = pod.metadata;
  const logs = files.list(`/var/log/pods/${namespace}_${name}_${uid}/${container.name}`) ?? [];
  const numbers = logs.map((log) => Number.parseInt(log, 10)).filter((number) => !Number.isNaN(number));
  return numbers.length === 0 ? 0 : Math.max(...numbers) + 1;
}

function* postStart(
  context: KubeletContext,
  record: PodRecord,
  container: Container,
  id: string,
): Routine<Failure | undefined> {
  const { pod } = record;
  try {
    yield* runHook(context, container.lifecycle?.postStart ?? {}, id, pod, container, record.podIP);
    return undefined;
  } catch (error) {
    if (!(error instanceof HookError)) throw error;
    context.log.error('kuberuntime_container.go:327', 'Failed to execute PostStartHook', {
      err: error.cause,
      pod: `${pod.metadata.namespace}/${pod.metadata.name}`,
      podUID: pod.metadata.uid,
      containerName: container.name,
      containerID: `containerd://${id}`,
    });
    context.recorder.record(pod, 'Warning', 'FailedPostStartHook', 'PostStartHook failed', fieldPath(pod, container));
    yield* killContainer(context, record, container, id, { message: 'FailedPostStartHook' });
    return { reason: 'PostStartHookError', message: error.message };
  }
}
