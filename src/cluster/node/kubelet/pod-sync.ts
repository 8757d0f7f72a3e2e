import type { Routine } from '#kernel/coroutine.ts';
import { CriError, type PodSandbox } from '#machine/cri.ts';
import type { Container } from '../../api/types/pod.ts';
import { sandboxConfig } from './container-config.ts';
import { startContainer } from './container-start.ts';
import { stopContainer } from './container-stop.ts';
import type { KubeletContext } from './context.ts';
import { formatName } from './pod-names.ts';
import type { PodRecord } from './pod-record.ts';
import { SyncError } from './sync-error.ts';
import { MountError, mountVolumes } from './volumes.ts';

/** Volumes are tried again by themselves, later and later (goroutinemap/exponentialbackoff); milliseconds. */
const FIRST_MOUNT_RETRY = 500;
const LONGEST_MOUNT_RETRY = 122_000;

/** Brings a Pod nearer to what its spec says (kubelet.SyncPod, kuberuntime's SyncPod). @throws SyncError when it must be tried again */
export function* syncPod(context: KubeletContext, record: PodRecord): Routine<void> {
  const { pod } = record;
  record.report();
  if (record.rejected) return;
  const { phase } = record.status ?? {};
  if (phase === 'Succeeded' || phase === 'Failed') {
    yield* release(context, record);
    return;
  }
  const network = networkError(context);
  if (network !== undefined && !pod.spec.hostNetwork) {
    context.recorder.record(pod, 'Warning', 'NetworkNotReady', `network is not ready: ${network}`);
    throw new SyncError();
  }
  mount(context, record);
  const sandbox = yield* readySandbox(context, record);
  if (record.isTerminating) return;
  for (const container of pod.spec.initContainers ?? []) {
    const goesOn = yield* syncInitContainer(context, record, container, sandbox);
    record.report();
    if (!goesOn || record.isTerminating) return;
  }
  for (const container of pod.spec.containers) {
    yield* syncContainer(context, record, container, sandbox);
    if (record.isTerminating) return;
  }
}

function networkError({ runtime }: KubeletContext): string | undefined {
  try {
    const { networkReady, networkReason, networkMessage } = runtime.status();
    if (networkReady) return undefined;
    return `container runtime network not ready: NetworkReady=false reason:${networkReason} message:${networkMessage}`;
  } catch (error) {
    if (error instanceof CriError) throw new SyncError();
    throw error;
  }
}

function mount({ kernel, client, files, hostIP, nodeName, recorder }: KubeletContext, record: PodRecord): void {
  if (record.hasMounted) return;
  try {
    mountVolumes(record.pod, { kernel, client, files, podIP: record.podIP, hostIP, nodeName });
    record.hasMounted = true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const message = error instanceof MountError ? error.message : `MountVolume.SetUp failed: ${error.message}`;
    recorder.record(record.pod, 'Warning', 'FailedMount', message);
    const retry = Math.min(LONGEST_MOUNT_RETRY, FIRST_MOUNT_RETRY * 2 ** record.mountFailures);
    record.mountFailures += 1;
    throw new SyncError(retry);
  }
}

function* readySandbox(context: KubeletContext, record: PodRecord): Routine<PodSandbox> {
  const { runtime, recorder, nodeName, log } = context;
  const { pod } = record;
  const [newest] = record.runtimeState().sandboxes;
  if (newest?.state === 'READY') return newest;
  if (newest)
    recorder.record(pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
  const attempt = newest ? newest.config.attempt + 1 : 0;
  try {
    const id = yield* runtime.runPodSandbox(sandboxConfig(pod, attempt, nodeName));
    const made = record.runtimeState().sandboxes.find((sandbox) => sandbox.id === id);
    if (!made) throw new SyncError();
    // Now that the Pod has an address, its /etc/hosts names it.
    record.hasMounted = false;
    mount(context, record);
    record.report();
    return made;
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    const message = `Failed to create pod sandbox: ${error.rpcMessage}`;
    recorder.record(pod, 'Warning', 'FailedCreatePodSandBox', message);
    log.error('kuberuntime_sandbox.go:73', 'Failed to create sandbox for pod', {
      err: error.rpcMessage,
      pod: formatName(pod),
    });
    throw new SyncError();
  }
}

/** Returns whether the next one may begin. */
function* syncInitContainer(
  context: KubeletContext,
  record: PodRecord,
  container: Container,
  sandbox: PodSandbox,
): Routine<boolean> {
  const [last] = record.statusesOf(container);
  const isSidecar = container.restartPolicy === 'Always';
  const { spec } = record.pod;
  if (last?.state === 'RUNNING') return isSidecar && context.isStarted(container, last.id);
  if (last?.state === 'EXITED' && !isSidecar) {
    if (last.exitCode === 0) return true;
    if (spec.restartPolicy === 'Never') return false;
  }
  // Once the main containers have run, finished ones are not looked for any more.
  if (!last && spec.containers.some((main) => record.statusesOf(main).length > 0)) return true;
  yield* startContainer(context, record, container, sandbox, last);
  return isSidecar && !container.startupProbe;
}

function* syncContainer(
  context: KubeletContext,
  record: PodRecord,
  container: Container,
  sandbox: PodSandbox,
): Routine<void> {
  const [last] = record.statusesOf(container);
  const { restartPolicy, terminationGracePeriodSeconds = 30 } = record.pod.spec;
  if (last?.state === 'RUNNING') {
    const failed = context.failedProbe(container, last.id);
    if (!failed) return;
    const message = `Container ${container.name} failed ${failed} probe, will be restarted`;
    yield* stopContainer(context, record, container, last, terminationGracePeriodSeconds, message);
    yield* startContainer(context, record, container, sandbox, record.statusesOf(container)[0]);
    return;
  }
  if (last?.state === 'EXITED') {
    if (restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && last.exitCode === 0)) return;
  }
  yield* startContainer(context, record, container, sandbox, last);
}

/** The Pod is over but stays to be seen: its sandbox goes, its containers' logs stay. */
function* release({ runtime }: KubeletContext, record: PodRecord): Routine<void> {
  const ready = record.runtimeState().sandboxes.filter(({ state }) => state === 'READY');
  for (const { id } of ready) yield* runtime.stopPodSandbox(id);
  if (ready.length > 0) record.report();
}
