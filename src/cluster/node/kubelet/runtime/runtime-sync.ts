import type { Routine } from '#kernel/coroutine.ts';
import { CriError, type PodSandbox } from '#machine/cri.ts';
import type { Container } from '../../../api/types/pod.ts';
import { sandboxConfig } from '../containers/container-config.ts';
import { startContainer } from '../containers/container-start.ts';
import { killContainer } from '../containers/container-stop.ts';
import type { KubeletContext } from '../context.ts';
import { computePodActions, type PodActions } from '../pods/pod-actions.ts';
import { killPod } from '../pods/pod-kill.ts';
import { formatName, formatPod } from '../pods/pod-names.ts';
import type { PodRecord } from '../pods/pod-record.ts';
import type { SyncResult } from '../pods/sync-result.ts';
import { isSidecar, type RuntimePod, sandboxChange } from './runtime-pod.ts';

/** Makes what runs like the spec (kuberuntime_manager.SyncPod). @returns what was tried, until something that must not fail did */
export function* syncRuntime(
  context: KubeletContext,
  record: PodRecord,
  state: RuntimePod,
  isTerminating: () => boolean,
): Routine<readonly SyncResult[]> {
  const { pod } = record;
  const actions = computePodActions(pod, state, context.probes);
  const results: SyncResult[] = [];
  if (!(yield* makeRoom(context, record, state, actions, results))) return results;
  let [sandbox] = state.sandboxes;
  if (actions.createSandbox) {
    const made = yield* createSandbox(context, record, actions.attempt, isTerminating, results);
    if (!made) return results;
    sandbox = made;
    record.report(record.runtimeState());
  }
  if (!sandbox) return results;
  const start = function* (container: Container, in_: PodSandbox): Routine<boolean> {
    const error = yield* startContainer(context, record, container, in_, state);
    results.push({ action: 'StartContainer', target: container.name, ...(error && { error }) });
    if (error) complain(context, record, container, error);
    return error === undefined;
  };
  for (const container of actions.initContainersToStart) {
    const hasStarted = yield* start(container, sandbox);
    if (!hasStarted && !isSidecar(container)) return results;
  }
  for (const container of actions.containersToStart) yield* start(container, sandbox);
  return results;
}

/** What waits for its turn was told before. */
function complain(
  { log }: KubeletContext,
  { pod }: PodRecord,
  { name }: Container,
  { reason, message }: NonNullable<SyncResult['error']>,
): void {
  if (reason === 'ImagePullBackOff' || reason === 'CrashLoopBackOff') return;
  const kind = pod.spec.initContainers?.some((container) => container.name === name) ? 'init container' : 'container';
  log.error('kuberuntime_manager.go:1760', 'Unhandled Error', {
    err: `${kind} ${name} start failed in pod ${formatPod(pod)}: ${reason}: ${message}`,
    logger: 'UnhandledError',
  });
}

/** Ends what must not go on. @returns false when it could not */
function* makeRoom(
  context: KubeletContext,
  record: PodRecord,
  state: RuntimePod,
  actions: PodActions,
  results: SyncResult[],
): Routine<boolean> {
  const { recorder, log } = context;
  const { pod } = record;
  if (actions.createSandbox && state.sandboxes.length > 0)
    recorder.record(pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
  if (actions.killPod) {
    const killed = yield* killPod(context, record, state);
    results.push(...killed);
    if (killed.some(({ error }) => error)) return false;
    if (actions.createSandbox) yield* removeInitContainers(context, record, state, 0);
  } else {
    for (const { container, status, message, probe } of actions.containersToKill) {
      log.verbose(2, 'kuberuntime_manager.go:1374', 'Message for Container of pod', {
        containerName: container.name,
        containerStatusID: `containerd://${status.id}`,
        pod: formatName(pod),
        containerMessage: message,
      });
      try {
        yield* killContainer(context, record, container, status.id, { message, probe });
        results.push({ action: 'KillContainer', target: container.name });
      } catch (error) {
        if (!(error instanceof CriError)) throw error;
        const failure = { reason: 'KillContainerError', message: error.rpcMessage };
        results.push({ action: 'KillContainer', target: container.name, error: failure });
        return false;
      }
    }
  }
  yield* removeInitContainers(context, record, state, 1);
  return true;
}

/** Removes init containers that ended, but for the newest `keep` of each name (kuberuntime's purge and pruneInitContainersBeforeStart). */
function* removeInitContainers(
  { runtime }: KubeletContext,
  { pod }: PodRecord,
  { containers }: RuntimePod,
  keep: number,
): Routine<void> {
  for (const { name } of pod.spec.initContainers ?? []) {
    const ended = containers.filter(({ config, state }) => config.name === name && (keep === 0 || state === 'EXITED'));
    for (const { id } of ended.slice(keep)) yield* runtime.removeContainer(id);
  }
}

/** Undefined when there is none; the results say why. */
function* createSandbox(
  context: KubeletContext,
  record: PodRecord,
  attempt: number,
  isTerminating: () => boolean,
  results: SyncResult[],
): Routine<PodSandbox | undefined> {
  const { runtime, recorder, nodeName, log } = context;
  const { pod } = record;
  const target = formatPod(pod);
  try {
    const id = yield* runtime.runPodSandbox(sandboxConfig(pod, attempt, nodeName, context.dnsOf(pod)));
    results.push({ action: 'CreatePodSandbox', target });
    const { newest } = sandboxChange(pod, record.runtimeState());
    return newest?.id === id ? newest : undefined;
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    // A Pod that is deleted meanwhile may well get none.
    if (isTerminating()) return undefined;
    const why = error.rpcMessage;
    const message = `Failed to create sandbox for pod ${JSON.stringify(target)}: ${why}`;
    results.push({ action: 'CreatePodSandbox', target, error: { reason: 'CreatePodSandboxError', message } });
    const pairs = { err: why, pod: formatName(pod) };
    log.error('kuberuntime_sandbox.go:70', 'Failed to create sandbox for pod', pairs);
    log.error('kuberuntime_manager.go:1640', 'CreatePodSandbox for pod failed', pairs);
    recorder.record(pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${why}`);
    return undefined;
  }
}
