import { timestamp } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { replicaSet as replicaSetKind } from '../api/kinds/apps/replica-set.ts';
import { statefulSet as statefulSetKind } from '../api/kinds/apps/stateful-set.ts';
import { namespace as namespaceKind } from '../api/kinds/core/namespace.ts';
import { node as nodeKind } from '../api/kinds/core/node.ts';
import { service as serviceKind } from '../api/kinds/core/service.ts';
import { pod as podKind } from '../api/kinds/pod/pod.ts';
import { type Condition, keyOf } from '../api/object.ts';
import { isReason } from '../api/status.ts';
import type { Node } from '../api/types/core.ts';
import type { Pod } from '../api/types/pod.ts';
import type { ActionRecorder } from '../client/action-recorder.ts';
import { type Client, pathOf } from '../client/client.ts';
import type { Informer } from '../client/informer.ts';
import type { Informers } from '../client/informers.ts';
import type { Log } from '../client/log.ts';
import { Cache } from './cache.ts';
import { BY_NAMESPACE, type CompanionSources, companionsOf } from './companions.ts';
import { Feasibility } from './feasibility.ts';
import { fitMessage } from './fit-error.ts';
import type { FilterPlugin, Rejection, Snapshot } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import { Nominator } from './nominator.ts';
import { podInfo } from './pod-info.ts';
import { type Preemption, preemptionFor } from './preemption.ts';
import { type QueuedPod, SchedulingQueue } from './queue.ts';
import { bestNode } from './scoring.ts';

export interface SchedulerContext {
  readonly kernel: Kernel;
  readonly client: Client;
  readonly informers: Informers;
  readonly log: Log;
  readonly recorder: ActionRecorder;
}

const PROFILE = 'default-scheduler';
/** An event's message is cut here (NoteLengthLimit). */
const LONGEST_MESSAGE = 1024;

/** Gives each Pod a node: filters, scores, binds (pkg/scheduler, schedule_one.go). */
export class Scheduler {
  readonly #context: SchedulerContext;
  readonly #pods: Informer<Pod>;
  readonly #namespaces;
  readonly #companions: CompanionSources;
  readonly #cache = new Cache();
  readonly #queue: SchedulingQueue;
  readonly #nominator = new Nominator();
  /** Where the last search ended: the next begins there, so that every node has its turn. */
  #start = 0;
  #isScheduled = false;
  #isStopped = false;

  constructor(context: SchedulerContext) {
    const { kernel, informers } = context;
    this.#context = context;
    this.#queue = new SchedulingQueue(kernel, () => this.#schedule());
    this.#pods = informers.of(podKind);
    this.#namespaces = informers.of(namespaceKind);
    this.#companions = {
      services: informers.of(serviceKind),
      replicaSets: informers.of(replicaSetKind),
      statefulSets: informers.of(statefulSetKind),
    };
    this.#companions.services.index(BY_NAMESPACE, ({ metadata }) => [metadata.namespace ?? '']);
    this.#pods.handle({
      added: (pod) => this.#podAdded(pod),
      updated: (pod, before) => this.#podUpdated(pod, before),
      deleted: (pod) => this.#podDeleted(pod),
    });
    informers.of(nodeKind).handle({
      added: (node) => this.#nodeAdded(node),
      updated: (node, before) => this.#nodeUpdated(node, before),
      deleted: (node) => this.#nodeDeleted(node),
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#queue.stop();
  }

  #podAdded(pod: Pod): void {
    const { log } = this.#context;
    if (isTerminal(pod)) return;
    if (pod.spec.nodeName) {
      log.verbose(3, 'eventhandlers.go:374', 'Add event for scheduled pod', { pod: keyOf(pod) });
      this.#cache.setPod(pod, pod.spec.nodeName);
      this.#queue.tell({ type: 'AssignedPodAdd', pod });
    } else if (isOurs(pod)) {
      log.verbose(3, 'eventhandlers.go:214', 'Add event for unscheduled pod', { pod: keyOf(pod) });
      if (isReady(pod)) this.#queue.add(pod);
    }
  }

  #podUpdated(pod: Pod, before: Pod): void {
    if (before.metadata.uid !== pod.metadata.uid) {
      this.#podDeleted(before);
      this.#podAdded(pod);
      return;
    }
    if (isTerminal(pod)) {
      if (!isTerminal(before)) this.#podDeleted(before);
      return;
    }
    if (!pod.spec.nodeName) {
      if (isOurs(pod) && isReady(pod) && !this.#cache.hasPod(pod.metadata.uid)) this.#queue.update(pod);
      return;
    }
    this.#queue.remove(pod);
    this.#nominator.remove(pod.metadata.uid);
    this.#cache.setPod(pod, pod.spec.nodeName);
    if (before.spec.nodeName) this.#queue.tell({ type: 'AssignedPodUpdate', pod, before });
    else this.#queue.tell({ type: 'AssignedPodAdd', pod });
  }

  #podDeleted(pod: Pod): void {
    const { log } = this.#context;
    this.#nominator.remove(pod.metadata.uid);
    if (pod.spec.nodeName) {
      log.verbose(3, 'eventhandlers.go:443', 'Delete event for scheduled pod', { pod: keyOf(pod) });
      this.#cache.removePod(pod.metadata.uid);
      this.#queue.tell({ type: 'AssignedPodDelete', pod });
    } else if (isOurs(pod)) {
      log.verbose(3, 'eventhandlers.go:335', 'Delete event for unscheduled pod', { pod: keyOf(pod) });
      this.#queue.remove(pod);
      this.#cache.removePod(pod.metadata.uid);
    }
  }

  #nodeAdded(node: Node): void {
    this.#context.log.verbose(3, 'eventhandlers.go:63', 'Add event for node', { node: node.metadata.name });
    this.#cache.setNode(node);
    this.#queue.tell({ type: 'NodeAdd', node });
  }

  /** A heartbeat changes nothing that matters to the scheduler. */
  #nodeUpdated(node: Node, before: Node): void {
    if (schedulingParts(node) === schedulingParts(before)) return;
    this.#cache.setNode(node);
    this.#queue.tell({ type: 'NodeUpdate', node, before });
  }

  #nodeDeleted(node: Node): void {
    this.#context.log.verbose(3, 'eventhandlers.go:122', 'Delete event for node', { node: node.metadata.name });
    this.#cache.removeNode(node.metadata.name);
  }

  /** One Pod a task. */
  #schedule(): void {
    if (this.#isScheduled || this.#isStopped) return;
    this.#isScheduled = true;
    this.#context.kernel.soon(() => {
      this.#isScheduled = false;
      if (this.#isStopped) return;
      if (!this.#context.informers.haveSynced) {
        this.#context.kernel.after(100, () => this.#schedule());
        return;
      }
      const queued = this.#queue.pop();
      if (queued) this.#scheduleOne(queued);
      if (this.#queue.hasActive) this.#schedule();
    });
  }

  #scheduleOne(queued: QueuedPod): void {
    const { log, kernel } = this.#context;
    const { pod } = queued;
    if (pod.metadata.deletionTimestamp || this.#cache.hasPod(pod.metadata.uid)) return;
    log.verbose(3, 'schedule_one.go:123', 'Attempting to schedule pod', { pod: keyOf(pod) });
    const nodes = this.#nodesInTurn();
    if (nodes.length === 0) {
      this.#reject(queued, 'no nodes available to schedule pods', [], undefined);
      return;
    }
    const info = podInfo(pod);
    const snapshot = this.#snapshot(nodes);
    const feasibility = new Feasibility(info, snapshot, this.#nominator);
    const rejections = new Map<string, Rejection>();
    const plugins = new Set<FilterPlugin>();
    const feasible: NodeInfo[] = [];
    const nominated = this.#cache.node(this.#nominator.nodeOf(pod.metadata.uid) ?? '');
    if (nominated && !feasibility.check(nominated)) feasible.push(nominated);
    else {
      for (const node of nodes) {
        const verdict = feasibility.check(node);
        if (!verdict) feasible.push(node);
        else {
          rejections.set(node.name, verdict.rejection);
          plugins.add(verdict.plugin);
        }
      }
      this.#start = (this.#start + nodes.length) % nodes.length;
    }
    if (feasible.length === 0) {
      const preemption = preemptionFor(feasibility, nodes, rejections, nominated);
      const afterwards = 'why' in preemption ? `no new claims to deallocate, preemption: ${preemption.why}` : '';
      const message = fitMessage(nodes.length, rejections, afterwards);
      if ('node' in preemption) this.#preempt(pod, preemption);
      this.#reject(queued, message, [...plugins], 'node' in preemption ? preemption.node : undefined);
      return;
    }
    const [only] = feasible;
    const node = feasible.length === 1 && only ? only : bestNode(kernel, info, feasible, snapshot);
    this.#bind(queued, node, feasible.length + rejections.size, feasible.length);
  }

  #nodesInTurn(): readonly NodeInfo[] {
    const { nodes } = this.#cache;
    return [...nodes.slice(this.#start), ...nodes.slice(0, this.#start)];
  }

  #snapshot(nodes: readonly NodeInfo[]): Snapshot {
    return {
      nodes,
      namespaceLabels: (name) => this.#namespaces.get(undefined, name ?? '')?.metadata.labels,
      companions: (pod) => companionsOf(pod, this.#companions),
    };
  }

  #bind(queued: QueuedPod, { name }: NodeInfo, evaluatedNodes: number, feasibleNodes: number): void {
    const { client, log, recorder } = this.#context;
    const { pod } = queued;
    const { namespace, name: podName, uid } = pod.metadata;
    this.#cache.setPod(pod, name);
    this.#nominator.remove(uid);
    try {
      client.request({
        method: 'POST',
        path: `${pathOf(podKind, namespace, podName)}/binding`,
        body: {
          apiVersion: 'v1',
          kind: 'Binding',
          metadata: { namespace, name: podName, uid },
          target: { kind: 'Node', name },
        },
      });
    } catch (error) {
      log.verbose(1, 'schedule_one.go:1182', 'Failed to bind pod', { pod: keyOf(pod) });
      this.#cache.removePod(uid);
      if (isReason(error, 'NotFound')) return;
      const message = error instanceof Error ? error.message : String(error);
      log.error('schedule_one.go:1244', 'Error scheduling pod; retrying', { err: message, pod: keyOf(pod) });
      this.#queue.retryLater(queued);
      return;
    }
    log.verbose(2, 'schedule_one.go:481', 'Successfully bound pod to node', {
      pod: keyOf(pod),
      node: name,
      evaluatedNodes,
      feasibleNodes,
    });
    recorder.record(pod, 'Normal', 'Scheduled', 'Binding', `Successfully assigned ${keyOf(pod)} to ${name}`);
  }

  /** No node takes it now: its condition and an event say why. */
  #reject(queued: QueuedPod, message: string, plugins: readonly FilterPlugin[], nominated: string | undefined): void {
    const { log, recorder } = this.#context;
    const what = plugins.length === 0 ? 'no nodes are registered to the cluster' : 'no fit';
    const where = plugins.length === 0 ? 'schedule_one.go:1235' : 'schedule_one.go:1239';
    const values = { pod: keyOf(queued.pod), ...(plugins.length > 0 && { err: message }) };
    log.verbose(2, where, `Unable to schedule pod; ${what}; waiting`, values);
    const current = this.#pods.getByKey(keyOf(queued.pod));
    if (!current || current.spec.nodeName || current.metadata.uid !== queued.pod.metadata.uid) return;
    queued.pod = current;
    this.#queue.waitForChange(queued, plugins);
    if (nominated !== undefined) this.#nominator.add(podInfo(current), nominated);
    const short = message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE - 4)} ...`;
    recorder.record(current, 'Warning', 'FailedScheduling', 'Scheduling', short);
    this.#writeCondition(current, message, nominated);
  }

  #writeCondition(pod: Pod, message: string, nominated: string | undefined): void {
    const { client, kernel, log } = this.#context;
    const before = pod.status.conditions?.find(({ type }) => type === 'PodScheduled');
    const isSame = before?.status === 'False' && before.message === message && before.reason === 'Unschedulable';
    if (isSame && (nominated === undefined || pod.status.nominatedNodeName === nominated)) return;
    const condition: Condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastProbeTime: null,
      lastTransitionTime: before?.status === 'False' ? (before.lastTransitionTime ?? null) : timestamp(kernel.now),
      observedGeneration: pod.metadata.generation ?? 1,
    };
    try {
      client.patch(
        podKind,
        pod,
        { status: { conditions: [condition], ...(nominated !== undefined && { nominatedNodeName: nominated }) } },
        'strategic',
        'status',
      );
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (!isReason(error, 'NotFound')) {
        log.error('schedule_one.go:1298', 'Error updating pod', { err: text, pod: keyOf(pod) });
      }
    }
  }

  /** Those who must leave are told, with a condition that says for whom. */
  #preempt(pod: Pod, { node, victims }: Extract<Preemption, { node: string }>): void {
    const { client, recorder, kernel } = this.#context;
    for (const { pod: victim } of victims) {
      const condition: Condition = {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'PreemptionByScheduler',
        message: `${PROFILE}: preempting to accommodate a higher priority pod`,
        lastProbeTime: null,
        lastTransitionTime: timestamp(kernel.now),
        observedGeneration: victim.metadata.generation ?? 1,
      };
      try {
        if (!victim.metadata.deletionTimestamp) {
          client.patch(podKind, victim, { status: { conditions: [condition] } }, 'strategic', 'status');
          client.delete(podKind, victim);
        }
      } catch (error) {
        if (!isReason(error, 'NotFound')) throw error;
      }
      const message = `Preempted by pod ${pod.metadata.uid} on node ${node}`;
      recorder.record(victim, 'Normal', 'Preempted', 'Preempting', message, pod);
    }
    for (const { pod: lesser } of this.#nominator.lesser(podInfo(pod), node)) {
      this.#nominator.remove(lesser.metadata.uid);
    }
  }
}

function isOurs({ spec }: Pod): boolean {
  return (spec.schedulerName ?? PROFILE) === PROFILE;
}

/** A gate holds a Pod back. */
function isReady({ spec }: Pod): boolean {
  return (spec.schedulingGates ?? []).length === 0;
}

function isTerminal({ status }: Pod): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed';
}

function schedulingParts({ metadata, spec, status }: Node): string {
  return JSON.stringify([metadata.labels, spec, status.allocatable, status.images]);
}
