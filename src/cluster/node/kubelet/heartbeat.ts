import { microTimestamp } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';
import type { CriRuntime } from '#machine/cri.ts';
import { isEqual } from '../../api/json.ts';
import { node as nodeKind } from '../../api/kinds/core/node.ts';
import { lease as leaseKind } from '../../api/kinds/other/lease.ts';
import { isReason } from '../../api/status.ts';
import type { Node, NodeStatus } from '../../api/types/core.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Log } from '../../client/log.ts';
import { initialNode, type MachineFacts, nodeLease, nodeStatus } from './node-status.ts';
import type { RuntimeState } from './runtime-state.ts';

export interface HeartbeatOptions {
  readonly kernel: Kernel;
  readonly client: Client;
  readonly runtime: CriRuntime;
  readonly state: RuntimeState;
  readonly recorder: EventRecorder;
  readonly log: Log;
  readonly nodeName: string;
  readonly facts: MachineFacts;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: NonNullable<Node['spec']['taints']>;
  readonly providerID: string;
}

/** KubeletConfiguration's nodeStatusUpdateFrequency and nodeStatusReportFrequency, and a quarter of nodeLeaseDurationSeconds; milliseconds. */
const STATUS_PERIOD = 10_000;
const REPORT_PERIOD = 300_000;
const LEASE_PERIOD = 10_000;
const REGISTER_RETRY = 100;
const LONGEST_REGISTER_RETRY = 7_000;

/** Registers the node, and says again and again that it lives: by its Lease, and by its status when that changes. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #timers: { cancel(): void }[] = [];
  #node: { readonly name: string; readonly uid: string } | undefined;
  #lastNode: Node | undefined;
  #reportedAt = 0;
  #isStopped = false;
  #wasReady: boolean | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** The Node, once it is registered. */
  get node(): { readonly name: string; readonly uid: string } | undefined {
    return this.#node;
  }

  /** As it was read or written last. */
  get lastNode(): Node | undefined {
    return this.#lastNode;
  }

  start(): void {
    const { kernel } = this.#options;
    this.#register(REGISTER_RETRY);
    this.#renew();
    this.#timers.push(kernel.every(LEASE_PERIOD, () => this.#renew()));
    this.#timers.push(kernel.every(STATUS_PERIOD, () => this.update()));
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) timer.cancel();
  }

  /** Reports the status when it has changed, or when it is time. */
  update(): void {
    const { client, nodeName, kernel, facts, runtime, state, log } = this.#options;
    if (this.#isStopped || !this.#node) return;
    try {
      const node = client.get(nodeKind, undefined, nodeName);
      this.#lastNode = node;
      const next = nodeStatus(node.status, facts, runtime, state.errors(), kernel.now);
      this.#tellTurn(next);
      const isDue = kernel.now - this.#reportedAt >= REPORT_PERIOD;
      if (!isDue && isEqual(withoutTimes(node.status), withoutTimes(next))) return;
      this.#lastNode = client.updateStatus(nodeKind, { ...node, status: next });
      this.#reportedAt = kernel.now;
    } catch (error) {
      if (isReason(error, 'NotFound')) this.#register(REGISTER_RETRY);
      log.error('kubelet_node_status.go:460', 'Error updating node status, will retry', { err: messageOf(error) });
    }
  }

  #register(retry: number): void {
    const { kernel, client, nodeName, facts, labels, taints, providerID, log } = this.#options;
    if (this.#isStopped) return;
    log.info('kubelet_node_status.go:75', 'Attempting to register node', { node: nodeName });
    try {
      const known = client.find(nodeKind, undefined, nodeName);
      const node = known ?? client.create(nodeKind, initialNode(nodeName, facts, { labels, taints, providerID }));
      this.#node = { name: nodeName, uid: node.metadata.uid };
      log.info('kubelet_node_status.go:78', 'Successfully registered node', { node: nodeName });
      this.#reportedAt = 0;
      this.update();
    } catch (error) {
      log.error('kubelet_node_status.go:107', 'Unable to register node with API server', {
        err: messageOf(error),
        node: nodeName,
      });
      this.#timers.push(kernel.after(retry, () => this.#register(Math.min(LONGEST_REGISTER_RETRY, retry * 2))));
    }
  }

  #renew(): void {
    const { client, nodeName, kernel, log } = this.#options;
    if (this.#isStopped) return;
    try {
      const known = client.find(leaseKind, 'kube-node-lease', nodeName);
      if (known) client.update(leaseKind, { ...known, spec: { ...known.spec, renewTime: microTimestamp(kernel.now) } });
      else if (this.#node) client.create(leaseKind, nodeLease(nodeName, this.#node, kernel.now));
    } catch (error) {
      log.error('controller.go:195', 'Failed to update lease', { err: messageOf(error) });
    }
  }

  #tellTurn({ conditions = [] }: NodeStatus): void {
    const { recorder, nodeName, log } = this.#options;
    const isReady = conditions.find(({ type }) => type === 'Ready')?.status === 'True';
    if (this.#wasReady === isReady) return;
    const reason = isReady ? 'NodeReady' : 'NodeNotReady';
    const isFirst = this.#wasReady === undefined;
    this.#wasReady = isReady;
    if (isFirst && !isReady) return;
    recorder.record(
      { kind: 'Node', name: nodeName, uid: nodeName, apiVersion: 'v1' },
      'Normal',
      reason,
      `Node ${nodeName} status is now: ${reason}`,
    );
    log.info(
      'kubelet_node_status.go:517',
      isReady ? 'Fast updating node status as it just became ready' : 'Node became not ready',
      { node: nodeName },
    );
  }
}

function withoutTimes({ conditions = [], ...status }: NodeStatus): unknown {
  return { ...status, conditions: conditions.map(({ lastHeartbeatTime: _, ...condition }) => condition) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
