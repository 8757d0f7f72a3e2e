import { timestamp } from '#kernel/calendar.ts';
import { isEqual } from '../api/json.ts';
import { daemonSet } from '../api/kinds/apps/daemon-set.ts';
import { deployment } from '../api/kinds/apps/deployment.ts';
import type { Condition } from '../api/object.ts';
import type { DaemonSet, Deployment } from '../api/types/workloads.ts';
import type { Client } from '../client/client.ts';
import { tigeraStatus } from './kinds.ts';
import { CALICO_NAMESPACE } from './namespaces.ts';

/** How something that the operator installs fares. */
export interface State {
  /** What is not there yet. */
  readonly waitsFor?: string;
  readonly degraded?: { readonly reason: string; readonly message: string };
}

/** What of the operator's workloads is not there yet (pkg/controller/status). */
export function waitsFor(client: Client): State {
  const options = { namespace: CALICO_NAMESPACE };
  const sets = client.list<DaemonSet>(daemonSet, options).items.flatMap(({ metadata, status }) => {
    const { desiredNumberScheduled = 0, numberAvailable = 0 } = status;
    const missing = desiredNumberScheduled - numberAvailable;
    const name = `${CALICO_NAMESPACE}/${metadata.name}`;
    if (desiredNumberScheduled > 0 && missing === 0) return [];
    return [`DaemonSet ${JSON.stringify(name)} is not available (awaiting ${missing} nodes)`];
  });
  const deployments = client.list<Deployment>(deployment, options).items.flatMap(({ metadata, spec, status }) => {
    const missing = (spec.replicas ?? 1) - (status.availableReplicas ?? 0);
    const name = `${CALICO_NAMESPACE}/${metadata.name}`;
    return missing <= 0 ? [] : [`Deployment ${JSON.stringify(name)} is not available (awaiting ${missing} replicas)`];
  });
  const all = [...sets, ...deployments];
  return all.length === 0 ? {} : { waitsFor: all.join('\n') };
}

/** Writes it into a TigeraStatus. @param now milliseconds since the epoch @throws ApiError, ConnectionError */
export function reportStatus(client: Client, name: string, state: State, now: number): void {
  const known =
    client.find(tigeraStatus, undefined, name) ??
    client.create(tigeraStatus, {
      apiVersion: 'operator.tigera.io/v1',
      kind: 'TigeraStatus',
      metadata: { name },
      spec: {},
    });
  const before = known.status?.conditions ?? [];
  const conditions = conditionsOf(state).map((condition): Condition => {
    const same = before.find(({ type }) => type === condition.type);
    const lastTransitionTime = same?.status === condition.status ? (same.lastTransitionTime ?? null) : timestamp(now);
    return { ...condition, lastTransitionTime };
  });
  if (!isEqual(conditions, before)) client.updateStatus(tigeraStatus, { ...known, status: { conditions } });
}

function conditionsOf({ waitsFor: waits, degraded }: State): readonly Condition[] {
  const isAvailable = waits === undefined && degraded === undefined;
  const fine = isAvailable
    ? { reason: 'AllObjectsAvailable', message: 'All objects available' }
    : { reason: 'Unknown', message: '' };
  const progress = waits === undefined ? fine : { reason: 'ResourceNotReady', message: waits };
  return [
    { type: 'Degraded', status: degraded ? 'True' : 'False', ...(degraded ?? fine) },
    { type: 'Available', status: isAvailable ? 'True' : 'False', ...fine },
    { type: 'Progressing', status: waits === undefined ? 'False' : 'True', ...progress },
  ];
}
