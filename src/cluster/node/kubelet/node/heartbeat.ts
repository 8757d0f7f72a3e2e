import type { Kernel, Timer } from '#kernel/kernel.ts';
import type { CriRuntime } from '#machine/cri.ts';
import { isEqual } from '../../../api/json.ts';
import { node as nodeKind } from '../../../api/kinds/core/node.ts';
import { isReason } from '../../../api/status.ts';
import type { Node, NodeStatus } from '../../../api/types/core.ts';
import type { Client } from '../../../client/client.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import { Informer } from '../../../client/informer.ts';
import type { Log } from '../../../client/log.ts';
import type { RuntimeState } from '../runtime/runtime-state.ts';
import { NodeLease } from './node-lease.ts';
import { initialNode, type MachineFacts, nodeStatus } from './node-status.ts';

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
  readonly isResumed?: boolean;
}

/** KubeletConfiguration's nodeStatusUpdateFrequency and nodeStatusReportFrequency; milliseconds. */
const STATUS_PERIOD = 10_000;
const REPORT_PERIOD = 300_000;
/** How often at once a status is tried to be sent (nodeStatusUpdateRetry). */
const UPDATES = 5;
const REGISTER_RETRY = 100;
const LONGEST_REGISTER_RETRY = 7_000;
/** How often a node that began is looked at until it is ready, and for how long (fastStatusUpdateOnce, nodeReadyGracePeriod). */
const FAST_PERIOD = 100;
const FAST_END = 120_000;

const CONDITION_EVENTS = ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID'];

/** Registers the node, and says again and again that it lives: by its Lease, and by its status when that changes (kubelet_node_status.go). */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #informer: Informer<Node>;
  readonly #lease: NodeLease;
  #status: { cancel(): void } | undefined;
  #register: Timer | undefined;
  #fast: { cancel(): void } | undefined;
  #isRegistered = false;
  #reportedAt: number | undefined;
  #wasTold: boolean;
  #wasUnschedulable = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    const { kernel, client, nodeName, log, isResumed = false } = options;
    this.#wasTold = isResumed;
    this.#informer = new Informer(kernel, client, nodeKind, { fieldSelector: `metadata.name=${nodeName}` });
    this.#lease = new NodeLease(kernel, client, log, nodeName, () => this.node?.metadata.uid);
  }

  /** The node as the API server has it; undefined as long as there is none. */
  get node(): Node | undefined {
    return this.#isRegistered ? this.#informer.get(undefined, this.#options.nodeName) : undefined;
  }

  start(): void {
    const { kernel } = this.#options;
    if (!this.#wasTold) this.#tell('Starting', 'Starting kubelet.');
    this.#informer.start();
    this.#lease.start();
    this.#register = kernel.after(REGISTER_RETRY, () => this.#tryRegister(REGISTER_RETRY));
    this.#status = kernel.every(STATUS_PERIOD, () => this.#sync());
    const end = kernel.now + FAST_END;
    this.#fast = kernel.every(FAST_PERIOD, () => this.#lookOften(end));
  }

  stop(): void {
    this.#informer.stop();
    this.#lease.stop();
    this.#status?.cancel();
    this.#register?.cancel();
    this.#fast?.cancel();
  }

  #tryRegister(retry: number): void {
    const { kernel, nodeName, log } = this.#options;
    log.info('kubelet_node_status.go:75', 'Attempting to register node', { node: nodeName });
    try {
      this.#create();
    } catch (error) {
      log.error('kubelet_node_status.go:108', 'Unable to register node with API server', {
        err: messageOf(error),
        node: nodeName,
      });
      const next = Math.min(LONGEST_REGISTER_RETRY, retry * 2);
      this.#register = kernel.after(next, () => this.#tryRegister(next));
      return;
    }
    log.info('kubelet_node_status.go:78', 'Successfully registered node', { node: nodeName });
    this.#isRegistered = true;
    // The watch brings it in this very moment.
    kernel.soon(() => this.#sync());
  }

  #create(): void {
    const { client, nodeName, facts, labels, taints, providerID, log } = this.#options;
    if (!this.#wasTold) this.#tellFirst();
    try {
      client.create(nodeKind, initialNode(nodeName, facts, { labels, taints, providerID }));
    } catch (error) {
      if (!isReason(error, 'AlreadyExists')) throw error;
      log.info('kubelet_node_status.go:125', 'Node was previously registered', { node: nodeName });
    }
  }

  /** What a kubelet tells of its node whenever it begins. */
  #tellFirst(): void {
    this.#wasTold = true;
    for (const reason of CONDITION_EVENTS) this.#tell(reason, this.#isNow(reason));
    this.#tell('NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
  }

  #isNow(reason: string): string {
    return `Node ${this.#options.nodeName} status is now: ${reason}`;
  }

  #lookOften(end: number): void {
    const { kernel, state, log } = this.#options;
    const { node } = this;
    if (kernel.now >= end || readiness(node?.status) === 'True') {
      this.#fast?.cancel();
      return;
    }
    if (!node || !state.isReady()) return;
    log.info('kubelet_node_status.go:431', 'Fast updating node status as it just became ready');
    this.#fast?.cancel();
    this.#sync();
  }

  /** Reports the status when it has changed, or when it is time. */
  #sync(): void {
    const { log, nodeName } = this.#options;
    if (!this.#isRegistered) return;
    for (let tries = 0; tries < UPDATES; tries += 1) {
      try {
        this.#update(tries === 0 ? this.node : undefined);
        return;
      } catch (error) {
        log.error('kubelet_node_status.go:474', 'Error updating node status, will retry', {
          err: tries === 0 ? messageOf(error) : `error getting node ${JSON.stringify(nodeName)}: ${messageOf(error)}`,
        });
      }
    }
    log.error('kubelet_node_status.go:461', 'Unable to update node status', {
      err: 'update node status exceeds retry count',
    });
  }

  #update(known: Node | undefined): void {
    const { client, nodeName, kernel, facts, runtime, state } = this.#options;
    const node = known ?? client.get(nodeKind, undefined, nodeName);
    const next = nodeStatus(node.status, facts, runtime, state.errors(), kernel.now);
    this.#tellTurn(node.status, next);
    this.#tellScheduling(node);
    const isDue = this.#reportedAt === undefined || kernel.now - this.#reportedAt >= REPORT_PERIOD;
    if (!isDue && isEqual(withoutTimes(node.status), withoutTimes(next))) return;
    client.patch(nodeKind, node, { status: next }, 'strategic', 'status');
    this.#reportedAt = kernel.now;
  }

  #tellTurn(before: NodeStatus, next: NodeStatus): void {
    const { nodeName, log } = this.#options;
    const was = readiness(before);
    const is = readiness(next);
    if (was === undefined || was === is) return;
    const reason = is === 'True' ? 'NodeReady' : 'NodeNotReady';
    this.#tell(reason, this.#isNow(reason));
    if (is === 'True') return;
    const { type, status, lastHeartbeatTime, lastTransitionTime, reason: why, message } = readyOf(next) ?? {};
    const condition = { type, status, lastHeartbeatTime, lastTransitionTime, reason: why, message };
    const text = `"Node became not ready" node=${JSON.stringify(nodeName)} condition=${JSON.stringify(condition)}`;
    log.plain('I', 'setters.go:547', text);
  }

  /** A kubelet that begins takes its node for schedulable (recordNodeSchedulableEvent). */
  #tellScheduling({ spec: { unschedulable = false } }: Node): void {
    if (this.#wasUnschedulable === unschedulable) return;
    this.#wasUnschedulable = unschedulable;
    const reason = unschedulable ? 'NodeNotSchedulable' : 'NodeSchedulable';
    this.#tell(reason, this.#isNow(reason));
  }

  #tell(reason: string, message: string): void {
    const { recorder, nodeName } = this.#options;
    recorder.record({ kind: 'Node', name: nodeName, apiVersion: 'v1' }, 'Normal', reason, message);
  }
}

function readyOf({ conditions = [] }: NodeStatus) {
  return conditions.find(({ type }) => type === 'Ready');
}

function readiness(status: NodeStatus | undefined): string | undefined {
  return status && readyOf(status)?.status;
}

function withoutTimes({ conditions = [], ...status }: NodeStatus): unknown {
  return { ...status, conditions: conditions.map(({ lastHeartbeatTime: _, ...condition }) => condition) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
