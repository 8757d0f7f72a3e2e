import type { ApiObject, Resource } from './versions.ts';

/** What a learner sees of an object, by aspect: `status: Running 1/1`. An aspect that is missing says nothing yet. */
export type States = Readonly<Record<string, string>>;

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}
interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: object;
  readonly terminated?: { readonly reason?: string; readonly exitCode: number; readonly signal?: number };
}
interface Pod extends ApiObject {
  readonly spec: { readonly nodeName?: string; readonly containers: readonly object[] };
  readonly status: {
    readonly phase?: string;
    readonly reason?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly {
      readonly ready: boolean;
      readonly restartCount: number;
      readonly state?: ContainerState;
    }[];
  };
}
interface Workload extends ApiObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: {
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}
interface Job extends ApiObject {
  readonly status?: {
    readonly active?: number;
    readonly succeeded?: number;
    readonly failed?: number;
    readonly conditions?: readonly Condition[];
  };
}
interface Node extends ApiObject {
  readonly spec: {
    readonly unschedulable?: boolean;
    readonly taints?: readonly { readonly key: string; readonly effect: string }[];
  };
  readonly status: { readonly conditions?: readonly Condition[] };
}
interface EndpointSlice extends ApiObject {
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[] | null;
}
interface DisruptionBudget extends ApiObject {
  readonly status?: { readonly currentHealthy?: number; readonly disruptionsAllowed?: number };
}

const NONE: States = {};

/**
 * What is seen of a version of an object; nothing of kinds that have no state.
 *
 * @param first the object as it was seen first: restarts before it are another story
 */
export function statesOf(resource: Resource, object: ApiObject, first: ApiObject = object): States {
  switch (resource) {
    case 'pods':
      return ofPod(object as Pod, restartsOf(first as Pod));
    case 'deployments':
      return ofDeployment(object as Workload);
    case 'replicasets':
      return ofReplicaSet(object as Workload);
    case 'jobs':
      return ofJob(object as Job);
    case 'nodes':
      return ofNode(object as Node);
    case 'endpointslices':
      return {
        ready: String(((object as EndpointSlice).endpoints ?? []).filter((each) => each.conditions?.ready).length),
      };
    case 'poddisruptionbudgets': {
      const { currentHealthy = 0, disruptionsAllowed = 0 } = (object as DisruptionBudget).status ?? {};
      return { healthy: String(currentHealthy), 'disruptions allowed': String(disruptionsAllowed) };
    }
    case 'events':
      return NONE;
  }
}

function ofPod({ metadata, spec, status }: Pod, before: number): States {
  const containers = status.containerStatuses ?? [];
  const ready = containers.filter((each) => each.ready).length;
  const restarts = restartsOf({ metadata, spec, status }) - before;
  const reason = metadata.deletionTimestamp !== undefined ? 'Terminating' : reasonOf(status, spec.nodeName);
  const waiting = containers.map(({ state }) => state?.waiting?.message).find((message) => message !== undefined);
  return {
    status: `${reason} ${ready}/${spec.containers.length}${restarts > 0 ? `, restarts: ${restarts}` : ''}`,
    phase: status.phase ?? '',
    ...(waiting !== undefined && { waiting }),
    ...conditionsOf(status.conditions),
  };
}

function restartsOf({ status }: Pod): number {
  return (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

/** As the STATUS column of `kubectl get pods` (pkg/printers/internalversion, printPod); a Pod that has a node but no container is told apart. */
function reasonOf({ phase, reason, containerStatuses = [] }: Pod['status'], node: string | undefined): string {
  let shown = reason ?? phase ?? '';
  if (shown === 'Pending' && node !== undefined) shown = 'Pending on a node';
  let isRunning = false;
  for (const { ready, state } of containerStatuses.toReversed()) {
    const { waiting, terminated, running } = state ?? {};
    if (waiting?.reason) shown = waiting.reason;
    else if (terminated?.reason) shown = terminated.reason;
    else if (terminated) shown = terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
    else if (ready && running) isRunning = true;
  }
  return shown === 'Completed' && isRunning ? 'Running' : shown;
}

function ofDeployment({ spec, status = {} }: Workload): States {
  return {
    desired: String(spec.replicas ?? 0),
    replicas: String(status.replicas ?? 0),
    updated: String(status.updatedReplicas ?? 0),
    ready: String(status.readyReplicas ?? 0),
    available: String(status.availableReplicas ?? 0),
    ...conditionsOf(status.conditions),
  };
}

function ofReplicaSet({ spec, status = {} }: Workload): States {
  return {
    desired: String(spec.replicas ?? 0),
    replicas: String(status.replicas ?? 0),
    ready: String(status.readyReplicas ?? 0),
    available: String(status.availableReplicas ?? 0),
  };
}

function ofJob({ status = {} }: Job): States {
  return {
    active: String(status.active ?? 0),
    succeeded: String(status.succeeded ?? 0),
    failed: String(status.failed ?? 0),
    ...conditionsOf(status.conditions),
  };
}

function ofNode({ spec, status }: Node): States {
  const taints = (spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).sort();
  return {
    taints: taints.length === 0 ? 'none' : taints.join(', '),
    scheduling: spec.unschedulable ? 'disabled' : 'enabled',
    ...conditionsOf(status.conditions),
  };
}

/** `Ready: False ContainersNotReady` */
function conditionsOf(conditions: readonly Condition[] | undefined): States {
  return Object.fromEntries(
    (conditions ?? []).map(({ type, status, reason }) => [
      `condition ${type}`,
      reason ? `${status} ${reason}` : status,
    ]),
  );
}
