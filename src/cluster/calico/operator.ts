import type { Routine } from '#kernel/coroutine.ts';
import type { Timer } from '#kernel/kernel.ts';
import { type ProcessContext, type Program, resuming } from '#machine/program.ts';
import { isEqual, isObject, type Json, type JsonObject } from '../api/json.ts';
import { daemonSet } from '../api/kinds/apps/daemon-set.ts';
import { deployment } from '../api/kinds/apps/deployment.ts';
import { namespace as namespaceKind } from '../api/kinds/core/namespace.ts';
import { node as nodeKind } from '../api/kinds/core/node.ts';
import type { AnyKind } from '../api/kinds/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { ApiError, isReason } from '../api/status.ts';
import type { Client } from '../client/client.ts';
import { ConnectionError } from '../client/connection.ts';
import { Informer } from '../client/informer.ts';
import { Log } from '../client/log.ts';
import type { Addon } from '../kubeadm/addons.ts';
import { felixConfiguration, installation, ipPool } from './kinds.ts';
import { objectOf } from './objects.ts';
import { untilTold } from './process.ts';
import { render } from './render.ts';
import { accountClient } from './service-account.ts';
import { reportStatus, type State, waitsFor } from './tigera-status.ts';
import type { InstallationSpec } from './types.ts';
import { CALICO_VERSION, OPERATOR_VERSION } from './versions.ts';

/** Changes come in groups: it looks once for those of so many milliseconds, and again after a failure. */
const PAUSE = 500;
const RETRY = 2_000;
const FINALIZER = 'tigera.io/operator-cleanup';
const STATUS = { calicoVersion: CALICO_VERSION, variant: 'Calico' };

/** tigera-operator: makes what an Installation asks for, keeps it as it made it, and says in TigeraStatus how it fares (pkg/controller/installation, ippool, status). */
export const operatorProgram: Program = resuming(function* operator(process: ProcessContext): Routine<number> {
  const { kernel, streams } = process;
  const client = accountClient(process, 'operator');
  const log = new Log(kernel, (line) => streams.error(`${line}\n`));
  if (!process.isResumed) log.plain('I', 'main.go:238', `Version: ${OPERATOR_VERSION}`);
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
});

function reconcile(client: Client, now: number): void {
  const asked = client.find(installation, undefined, 'default');
  if (!asked) return;
  if (asked.metadata.deletionTimestamp) {
    const message = 'removing Calico is not simulated here; on a real cluster the operator takes it down';
    reportStatus(client, 'calico', { degraded: { reason: 'Unknown', message } }, now);
    return;
  }
  const current = asked.metadata.finalizers?.includes(FINALIZER)
    ? asked
    : client.patch(installation, asked, { metadata: { finalizers: [FINALIZER] } }, 'merge');
  reportStatus(client, 'ippools', makePools(client, asked.spec), now);
  const felix = objectOf(felixConfiguration, 'default', undefined, {
    // The last two are calico-node's, which starts later.
    spec: { healthPort: 9099, vxlanPort: 4789, vxlanVNI: 4096, logSeverityScreen: 'Info', reportingInterval: '0s' },
  });
  if (!client.find(felixConfiguration, undefined, 'default')) ensure(client, felix);
  for (const wanted of render(client.list(nodeKind).items.length)) ensure(client, wanted);
  reportStatus(client, 'calico', waitsFor(client), now);
  if (!current.status) client.updateStatus(installation, { ...current, status: STATUS });
}

/** Without Calico's API server pools can be made, but not changed. */
function makePools(client: Client, spec: InstallationSpec): State {
  const known = client.list(ipPool).items;
  const wanted = poolsOf(spec);
  if (known.length === 0) for (const pool of wanted) ensure(client, pool);
  else if (wanted.some(({ object }) => !known.some((pool) => isSamePool(pool, object)))) {
    const message = 'Unable to modify IP pools while Calico API server is unavailable';
    return { degraded: { reason: 'ResourceNotReady', message } };
  }
  return {};
}

function isSamePool(pool: KubeObject & { readonly spec: unknown }, wanted: Addon['object']): boolean {
  return pool.metadata.name === wanted.metadata.name && isEqual(pool.spec, (wanted as unknown as typeof pool).spec);
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
