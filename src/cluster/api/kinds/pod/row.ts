import { parseTime } from '#kernel/calendar.ts';
import type { Json } from '../../json.ts';
import { type Column, column } from '../../kind.ts';
import { ageOf, humanDuration } from '../../time.ts';
import type { ContainerStatus, ContainerTerminated, Pod } from '../../types/pod.ts';

/** pkg/printers/internalversion.printPod */
export const podColumns: readonly Column[] = [
  column('Name'),
  column('Ready'),
  column('Status'),
  column('Restarts'),
  column('Age'),
  column('IP', 'wide'),
  column('Node', 'wide'),
  column('Nominated Node', 'wide'),
  column('Readiness Gates', 'wide'),
];

export function podRow(pod: Pod, now: number): readonly Json[] {
  const { ready, total, reason, restarts, lastRestart } = summaryOf(pod);
  return [
    pod.metadata.name,
    `${ready}/${total}`,
    reason,
    restarts > 0 && lastRestart > 0 ? `${restarts} (${humanDuration(now - lastRestart)} ago)` : `${restarts}`,
    ageOf(pod.metadata.creationTimestamp, now),
    pod.status.podIPs?.[0]?.ip || '<none>',
    pod.spec.nodeName || '<none>',
    pod.status.nominatedNodeName || '<none>',
    readinessGates(pod),
  ];
}

interface Summary {
  ready: number;
  total: number;
  reason: string;
  restarts: number;
  /** Milliseconds since the epoch; 0 for never. */
  lastRestart: number;
}

function summaryOf(pod: Pod): Summary {
  const { status, spec } = pod;
  const sidecars = new Set((spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name));
  const summary: Summary = {
    ready: 0,
    total: spec.containers.length + sidecars.size,
    reason: status.reason || status.phase || '',
    restarts: 0,
    lastRestart: 0,
  };
  if (status.conditions?.some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated'))
    summary.reason = 'SchedulingGated';
  const isInitializing = readInitContainers(pod, sidecars, summary);
  if (!isInitializing || status.conditions?.some((c) => c.type === 'Initialized' && c.status === 'True')) {
    summary.restarts = 0;
    summary.lastRestart = 0;
    for (const container of status.initContainerStatuses ?? [])
      if (sidecars.has(container.name)) countRestarts(container, summary);
    readContainers(pod, summary);
  }
  if (pod.metadata.deletionTimestamp) {
    if (status.reason === 'NodeLost') summary.reason = 'Unknown';
    else if (status.phase !== 'Succeeded' && status.phase !== 'Failed') summary.reason = 'Terminating';
  }
  return summary;
}

/** Returns whether an init container is still at work or has failed. */
function readInitContainers(pod: Pod, sidecars: ReadonlySet<string>, summary: Summary): boolean {
  for (const [index, container] of (pod.status.initContainerStatuses ?? []).entries()) {
    countRestarts(container, summary);
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecars.has(container.name) && container.started) {
      if (container.ready) summary.ready += 1;
      continue;
    }
    if (terminated) summary.reason = `Init:${terminated.reason || exitOf(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') summary.reason = `Init:${waiting.reason}`;
    else summary.reason = `Init:${index}/${pod.spec.initContainers?.length ?? 0}`;
    return true;
  }
  return false;
}

function readContainers(pod: Pod, summary: Summary): void {
  let hasRunning = false;
  let error = '';
  for (const container of [...(pod.status.containerStatuses ?? [])].reverse()) {
    countRestarts(container, summary);
    const { waiting, terminated, running } = container.state ?? {};
    if (waiting?.reason) summary.reason = waiting.reason;
    else if (terminated) {
      summary.reason = terminated.reason || exitOf(terminated);
      if (terminated.exitCode !== 0) error = summary.reason;
    } else if (container.ready && running) {
      hasRunning = true;
      summary.ready += 1;
    }
  }
  if (summary.reason !== 'Completed') return;
  const isReady = pod.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');
  if (hasRunning && isReady) summary.reason = 'Running';
  else if (error !== '') summary.reason = error;
  else if (hasRunning) summary.reason = 'NotReady';
}

function countRestarts(container: ContainerStatus, summary: Summary): void {
  summary.restarts += container.restartCount;
  const finished = container.lastState?.terminated?.finishedAt;
  if (finished) summary.lastRestart = Math.max(summary.lastRestart, parseTime(finished));
}

function exitOf({ signal, exitCode }: ContainerTerminated): string {
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const open = gates.filter(
    (gate) => pod.status.conditions?.find((c) => c.type === gate.conditionType)?.status === 'True',
  );
  return `${open.length}/${gates.length}`;
}
