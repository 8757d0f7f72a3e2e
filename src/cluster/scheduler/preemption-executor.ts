import type { Kernel } from '#kernel/kernel.ts';
import { pod as podKind } from '../api/kinds/pod/pod.ts';
import { keyOf } from '../api/object.ts';
import { isReason } from '../api/status.ts';
import type { Pod } from '../api/types/pod.ts';
import type { ActionRecorder } from '../client/action-recorder.ts';
import type { Client } from '../client/client.ts';
import type { Log } from '../client/log.ts';
import type { Nominator } from './nominator.ts';
import { patchPodStatus } from './pod-status.ts';
import type { Candidate } from './preemption.ts';

export interface ExecutorContext {
  readonly kernel: Kernel;
  readonly client: Client;
  readonly log: Log;
  readonly recorder: ActionRecorder;
  readonly nominator: Nominator;
}

/**
 * Tells those who must leave a node for a Pod, with a condition that says why (pkg/scheduler/framework/preemption, executor.go).
 *
 * @returns what is left to do once the Pod itself was told, which happens beside the next cycles
 */
export function startPreemption(context: ExecutorContext, pod: Pod, { node, victims }: Candidate): () => void {
  const { log } = context;
  const preemptor = keyOf(pod);
  const leaving: Pod[] = [];
  for (const { pod: victim } of victims) {
    if (!victim.metadata.deletionTimestamp) leaving.push(victim);
    else {
      log.verbose(2, 'executor.go:213', 'Victim Pod is already being deleted, skipping the API call for it', {
        preemptor,
        node,
        victim: keyOf(victim),
      });
    }
  }
  if (leaving.length === 0) return () => {};
  log.verbose(2, 'executor.go:251', 'Start the preemption asynchronously', {
    preemptor,
    node,
    numVictims: victims.length,
    numVictimsToDelete: leaving.length,
  });
  return () => {
    clearNominations(context, pod, node);
    const result = leaving.every((victim) => preempt(context, pod, node, victim)) ? 'success' : 'error';
    log.verbose(2, 'executor.go:303', 'Async Preemption finished completely', { preemptor, node, result });
  };
}

/** Less important Pods that the node was kept for look for another one sooner. */
function clearNominations({ kernel, client, log, nominator }: ExecutorContext, pod: Pod, node: string): void {
  for (const { pod: lesser } of nominator.lesser(pod, node)) {
    try {
      patchPodStatus(kernel, client, lesser, undefined, '');
    } catch (error) {
      const message = "Cannot clear 'NominatedNodeName' field from lower priority pods on the same target node";
      log.error('executor.go:260', message, { err: messageOf(error), logger: 'UnhandledError', node });
    }
  }
}

/** Returns whether the victim was told, or is gone already. */
function preempt({ kernel, client, log, recorder }: ExecutorContext, pod: Pod, node: string, victim: Pod): boolean {
  const values = { preemptor: keyOf(pod), victim: keyOf(victim), node };
  const finding = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: `${pod.spec.schedulerName}: preempting to accommodate a higher priority pod`,
  } as const;
  try {
    patchPodStatus(kernel, client, victim, finding);
    client.delete(podKind, victim);
  } catch (error) {
    if (!isReason(error, 'NotFound')) {
      log.error('executor.go:146', 'Tried to preempted pod', { err: messageOf(error), pod: values.victim, ...values });
      return false;
    }
    log.verbose(2, 'executor.go:149', 'Victim Pod is already deleted', values);
    return true;
  }
  log.verbose(2, 'executor.go:152', 'Preemptor Pod preempted victim Pod', values);
  recorder.record(victim, 'Normal', 'Preempted', 'Preempting', `Preempted by pod ${pod.metadata.uid} on node ${node}`);
  return true;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
