import { timestamp } from '#kernel/calendar.ts';
import type { Routine } from '#kernel/coroutine.ts';
import type { Timer } from '#kernel/kernel.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { isEqual, isObject, type Json, type JsonObject } from '../api/json.ts';
import { daemonSet } from '../api/kinds/apps/daemon-set.ts';
import { deployment } from '../api/kinds/apps/deployment.ts';
import { namespace as namespaceKind } from '../api/kinds/core/namespace.ts';
import { node as nodeKind } from '../api/kinds/core/node.ts';
import type { AnyKind } from '../api/kinds/kinds.ts';
import type { Condition, KubeObject } from '../api/object.ts';
import { ApiError, isReason } from '../api/status.ts';
import type { DaemonSet, Deployment } from '../api/types/workloads.ts';
import type { Client } from '../client/client.ts';
import { ConnectionError } from '../client/connection.ts';
import { Informer } from '../client/informer.ts';
import { Log } from '../client/log.ts';
import type { Addon } from '../kubeadm/addons.ts';
import {
  felixConfiguration,
  type InstallationSpec,
  installation,
  ipPool,
  type TigeraStatus,
  tigeraStatus,
} from './kinds.ts';
import { CALICO_NAMESPACE } from './namespaces.ts';
import { objectOf } from './objects.ts';
import { untilTold } from './process.ts';
import { render } from './render.ts';
import { accountClient } from './service-account.ts';
import { CALICO_VERSION, OPERATOR_VERSION } from './versions.ts';

/** Changes come in groups: it looks once for those of so many milliseconds, and again after a failure. */
const PAUSE = 500;
const RETRY = 2_000;

/** tigera-operator: makes what an Installation asks for, keeps it as it made it, and says in TigeraStatus how it fares (pkg/controller/installation, ippool, status). */
export const operatorProgram: Program = function* operator(process: ProcessContext): Routine<number> {
  const { kernel, streams } = process;
  const client = accountClient(process, 'operator');
  const log = new Log(kernel, (line) => streams.error(`${line}\n`));
  log.plain('I', 'main.go:238', `Version: ${OPERATOR_VERSION}`);
  let due: Timer | undefined;
  const later = (wait: number) => {
    due ??= kernel.after(wait, () => {
      due = undefined;
      try {
        reconcile(client, kernel.now);
      } catch (error) {
        if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error;
        log.plain('E', 'core_controller.go:1', error.message);
        later(RETRY);
      }
    });
  };
  const changed = () => later(PAUSE);
  const kinds: readonly AnyKind[] = [installation, nodeKind, daemonSet, deployment, namespaceKind, ipPool];
  const informers = kinds.map((kind) => {
    const informer = new Informer<KubeObject>(kernel, client, kind, {});
    // Heartbeats of nodes are of no interest.
    informer.handle({ added: changed, deleted: changed, ...(kind !== nodeKind && { updated: changed }) });
    informer.start();
    return informer;
  });
  process.onExit(() => {
    due?.cancel();
    for (const informer of informers) informer.stop();
  });
  return yield* untilTold(process);
};

function reconcile(client: Client, now: number): void {
  const asked = client.find(installation, undefined, 'default');
  if (!asked) return;
  const pools = poolsOf(asked.spec);
  const nodes = client.list(nodeKind).items.length;
  for (const wanted of pools) ensure(client, wanted);
  report(client, 'ippools', undefined, now);
  const felix = objectOf(felixConfiguration, 'default', undefined, {
    spec: { healthPort: 9099, vxlanPort: 4789, vxlanVNI: 4096 },
  });
  if (!client.find(felixConfiguration, undefined, 'default')) ensure(client, felix);
  for (const wanted of render(nodes)) ensure(client, wanted);
  report(client, 'calico', waitsFor(client), now);
  if (!asked.status) {
    client.updateStatus(installation, { ...asked, status: { calicoVersion: CALICO_VERSION, variant: 'Calico' } });
  }
}

/** As pkg/controller/ippool fills in what an Installation leaves out. */
function poolsOf({ calicoNetwork }: InstallationSpec): readonly Addon[] {
  return (calicoNetwork?.ipPools ?? []).map((pool) => {
    const { cidr, blockSize = 26, natOutgoing = 'Enabled', nodeSelector = 'all()', encapsulation = 'IPIP' } = pool;
    const spec = {
      allowedUses: ['Workload', 'Tunnel'],
      assignmentMode: 'Automatic',
      blockSize,
      cidr,
      ipipMode: 'Never',
      natOutgoing: natOutgoing === 'Enabled',
      nodeSelector,
      vxlanMode: encapsulation === 'VXLANCrossSubnet' ? 'CrossSubnet' : 'Never',
    };
    const labels = { 'app.kubernetes.io/managed-by': 'tigera-operator' };
    return objectOf(ipPool, pool.name ?? 'default-ipv4-ippool', undefined, { spec }, { labels });
  });
}

/** Makes an object, or brings what it says of it back. */
function ensure(client: Client, { kind, object }: Addon): void {
  const { name, namespace } = object.metadata;
  const live = client.find<KubeObject>(kind, namespace, name);
  if (live) {
    if (!covers(live as never, object as never)) client.patch(kind, live, object, 'merge');
    return;
  }
  try {
    client.create(kind, object as never);
  } catch (error) {
    if (!isReason(error, 'AlreadyExists')) throw error;
  }
}

/** Whether an object has all that is wanted of it; lists are compared item by item. */
function covers(live: Json | undefined, wanted: Json): boolean {
  if (Array.isArray(wanted)) {
    const items = Array.isArray(live) ? (live as readonly Json[]) : [];
    return (
      items.length === wanted.length && (wanted as readonly Json[]).every((item, index) => covers(items[index], item))
    );
  }
  if (!isObject(wanted)) return isEqual(live, wanted);
  if (!isObject(live)) return Object.keys(wanted).length === 0;
  return Object.entries(wanted).every(([key, value]) => covers((live as JsonObject)[key], value ?? null));
}

/** What is not there yet, in the status' words; undefined when all is. */
function waitsFor(client: Client): string | undefined {
  const options = { namespace: CALICO_NAMESPACE };
  const sets = client.list<DaemonSet>(daemonSet, options).items.flatMap(({ metadata, status }) => {
    const missing = (status.desiredNumberScheduled ?? 0) - (status.numberAvailable ?? 0);
    if (status.desiredNumberScheduled !== 0 && missing <= 0) return [];
    const of = `${missing} nodes)`;
    return [`DaemonSet "${CALICO_NAMESPACE}/${metadata.name}" is not available (awaiting ${of}`];
  });
  const deployments = client.list<Deployment>(deployment, options).items.flatMap(({ metadata, spec, status }) => {
    const wanted = spec.replicas ?? 1;
    const available = status.availableReplicas ?? 0;
    if (available >= wanted) return [];
    const of = `${wanted - available} replicas)`;
    return [`Deployment "${CALICO_NAMESPACE}/${metadata.name}" is not available (awaiting ${of}`];
  });
  const all = [...sets, ...deployments];
  return all.length === 0 ? undefined : all.join('\n');
}

/** @param waiting for what it does; undefined when all is available */
function report(client: Client, name: string, waiting: string | undefined, now: number): void {
  const known = client.find(tigeraStatus, undefined, name);
  const status: TigeraStatus =
    known ??
    client.create(tigeraStatus, {
      apiVersion: 'operator.tigera.io/v1',
      kind: 'TigeraStatus',
      metadata: { name },
      spec: {},
    });
  const before = status.status?.conditions ?? [];
  const conditions = conditionsOf(waiting).map((condition): Condition => {
    const same = before.find(({ type }) => type === condition.type);
    const lastTransitionTime = same?.status === condition.status ? (same.lastTransitionTime ?? null) : timestamp(now);
    return { ...condition, lastTransitionTime };
  });
  if (!isEqual(conditions, before)) client.updateStatus(tigeraStatus, { ...status, status: { conditions } });
}

function conditionsOf(waiting: string | undefined): readonly Condition[] {
  const isAvailable = waiting === undefined;
  const message = 'All objects available';
  return [
    {
      type: 'Degraded',
      status: 'False',
      reason: isAvailable ? 'AllObjectsAvailable' : 'Unknown',
      message: isAvailable ? message : '',
    },
    {
      type: 'Available',
      status: isAvailable ? 'True' : 'False',
      reason: isAvailable ? 'AllObjectsAvailable' : 'Unknown',
      message: isAvailable ? message : '',
    },
    {
      type: 'Progressing',
      status: isAvailable ? 'False' : 'True',
      reason: isAvailable ? 'AllObjectsAvailable' : 'ResourceNotReady',
      message: waiting ?? message,
    },
  ];
}
