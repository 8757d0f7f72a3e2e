import type { Kernel } from '#kernel/kernel.ts';
import { replicaSet as replicaSetKind } from '../api/kinds/apps/replica-set.ts';
import { statefulSet as statefulSetKind } from '../api/kinds/apps/stateful-set.ts';
import { namespace as namespaceKind } from '../api/kinds/core/namespace.ts';
import { node as nodeKind } from '../api/kinds/core/node.ts';
import { service as serviceKind } from '../api/kinds/core/service.ts';
import { pod as podKind } from '../api/kinds/pod/pod.ts';
import { keyOf } from '../api/object.ts';
import type { Pod } from '../api/types/pod.ts';
import type { ActionRecorder } from '../client/action-recorder.ts';
import { type Client, pathOf } from '../client/client.ts';
import type { Informer } from '../client/informer.ts';
import type { Informers } from '../client/informers.ts';
import type { Log } from '../client/log.ts';
import { Cache } from './cache.ts';
import { BY_NAMESPACE, type CompanionSources, companionsOf } from './companions.ts';
import { EventHandlers } from './event-handlers.ts';
import type { Snapshot } from './framework.ts';
import { Nominator } from './nominator.ts';
import { podInfo } from './pod-info.ts';
import { patchPodStatus } from './pod-status.ts';
import { startPreemption } from './preemption-executor.ts';
import { type QueuedPod, SchedulingQueue } from './queue.ts';
import { findNode, type NoFit } from './scheduling-cycle.ts';

export interface SchedulerContext {
  readonly kernel: Kernel;
  readonly client: Client;
  readonly informers: Informers;
  readonly log: Log;
  readonly recorder: ActionRecorder;
}

/** An event's message is cut here (NoteLengthLimit). */
const LONGEST_MESSAGE = 1024;

/** Gives each Pod a node: filters, scores, binds (pkg/scheduler, schedule_one.go). */
export class Scheduler {
  readonly #context: SchedulerContext;
  readonly #pods: Informer<Pod>;
  readonly #companions: CompanionSources;
  readonly #cache = new Cache();
  readonly #queue: SchedulingQueue;
  readonly #nominator = new Nominator();
  readonly #namespaceLabels: Snapshot['namespaceLabels'];
  #start = 0;
  #state: 'watching' | 'running' | 'stopped' = 'watching';
  #isDue = false;

  /** It follows the cluster from now on, and schedules once it runs. */
  constructor(context: SchedulerContext) {
    const { kernel, informers, log } = context;
    this.#context = context;
    this.#queue = new SchedulingQueue(kernel, log, this.#nominator, () => this.#schedule());
    this.#pods = informers.of(podKind);
    const namespaces = informers.of(namespaceKind);
    this.#namespaceLabels = (name) => namespaces.get(undefined, name ?? '')?.metadata.labels;
    this.#companions = {
      services: informers.of(serviceKind),
      replicaSets: informers.of(replicaSetKind),
      statefulSets: informers.of(statefulSetKind),
    };
    this.#companions.services.index(BY_NAMESPACE, ({ metadata }) => [metadata.namespace ?? '']);
    const handlers = new EventHandlers(log, this.#cache, this.#queue);
    this.#pods.handle(handlers.pods);
    informers.of(nodeKind).handle(handlers.nodes);
  }

  run(): void {
    this.#state = 'running';
    this.#schedule();
  }

  stop(): void {
    this.#state = 'stopped';
    this.#queue.stop();
  }

  /** One Pod a task. */
  #schedule(): void {
    if (this.#isDue || this.#state !== 'running' || this.#queue.isEmpty) return;
    this.#isDue = true;
    this.#context.kernel.soon(() => {
      this.#isDue = false;
      const queued = this.#state === 'running' ? this.#queue.pop() : undefined;
      if (queued) this.#scheduleOne(queued);
      this.#schedule();
    });
  }

  #scheduleOne(queued: QueuedPod): void {
    const { log, kernel, recorder } = this.#context;
    const { key, info } = queued;
    const { pod } = info;
    log.verbose(4, 'schedule_one.go:107', 'About to try and schedule pod', { pod: key });
    if (pod.metadata.deletionTimestamp) {
      recorder.record(pod, 'Warning', 'FailedScheduling', 'Scheduling', `skip schedule deleting pod: ${key}`);
      log.verbose(3, 'schedule_one.go:552', 'Skip schedule deleting pod', { pod: key });
      return;
    }
    log.verbose(3, 'schedule_one.go:123', 'Attempting to schedule pod', { pod: key });
    const result = findNode(info, {
      random: kernel.random,
      log,
      nominator: this.#nominator,
      snapshot: {
        nodes: this.#cache.nodes,
        namespaceLabels: this.#namespaceLabels,
        companions: (each) => companionsOf(each, this.#companions),
      },
      start: this.#start,
      cycleCount: this.#queue.cycle,
    });
    this.#start += result.processed;
    if ('node' in result) this.#bind(queued, result.node.name, result.evaluatedNodes, result.feasibleNodes);
    else this.#reject(queued, result);
  }

  /** From here on the Pod counts as being on the node, whatever comes of it. */
  #bind(queued: QueuedPod, node: string, evaluatedNodes: number, feasibleNodes: number): void {
    const { client, log, recorder } = this.#context;
    const { key, info } = queued;
    const { namespace, name, uid } = info.pod.metadata;
    this.#cache.assume(info, node);
    this.#nominator.remove(uid);
    const logger = log.verbosity >= 4 ? { logger: 'Bind.DefaultBinder' } : {};
    log.verbose(3, 'default_binder.go:69', 'Attempting to bind pod to node', { ...logger, pod: key, node });
    try {
      client.request({
        method: 'POST',
        path: `${pathOf(podKind, namespace, name)}/binding`,
        body: {
          apiVersion: 'v1',
          kind: 'Binding',
          metadata: { namespace, name, uid },
          target: { kind: 'Node', name: node },
        },
      });
    } catch (error) {
      this.#bindingFailed(queued, node, messageOf(error));
      return;
    }
    recorder.record(info.pod, 'Normal', 'Scheduled', 'Binding', `Successfully assigned ${key} to ${node}`);
    log.verbose(2, 'schedule_one.go:481', 'Successfully bound pod to node', {
      pod: key,
      node,
      evaluatedNodes,
      feasibleNodes,
    });
    if (!queued.wasFlushed) return;
    log.verbose(4, 'schedule_one.go:489', 'Pod scheduled after flush from unschedulablePods', {
      pod: key,
      unschedulablePlugins: Object.fromEntries(queued.rejectedBy.map(({ name: plugin }) => [plugin, {}]).sort()),
      pendingPlugins: {},
    });
  }

  #bindingFailed(queued: QueuedPod, node: string, err: string): void {
    const { log } = this.#context;
    const { key, info } = queued;
    const logger = log.verbosity >= 4 ? { logger: 'Bind' } : {};
    log.error('framework.go:1805', 'Plugin Failed', { err, ...logger, pod: key, plugin: 'DefaultBinder', node });
    log.verbose(1, 'schedule_one.go:1182', 'Failed to bind pod', { pod: key });
    this.#cache.removePod(info.pod.metadata.uid);
    const message = `running Bind plugin "DefaultBinder": ${err}`;
    const values = { err: message, logger: 'UnhandledError', pod: key };
    log.error('schedule_one.go:1243', 'Error scheduling pod; retrying', values);
    this.#fail(queued, { rejectedBy: [], message, nominated: '' }, 'SchedulerError');
  }

  /** No node takes it now; perhaps others make room for it. */
  #reject(queued: QueuedPod, noFit: NoFit): void {
    const { log } = this.#context;
    const { key, info } = queued;
    const finish =
      noFit.preemption && startPreemption({ ...this.#context, nominator: this.#nominator }, info.pod, noFit.preemption);
    if (noFit.rejectedBy.length === 0) {
      const message = 'Unable to schedule pod; no nodes are registered to the cluster; waiting';
      log.verbose(2, 'schedule_one.go:1235', message, { pod: key });
    } else {
      const values = { pod: key, err: noFit.message };
      log.verbose(2, 'schedule_one.go:1239', 'Unable to schedule pod; no fit; waiting', values);
    }
    this.#fail(queued, noFit, 'Unschedulable');
    finish?.();
  }

  /** Its condition and an event say why (handleSchedulingFailure). */
  #fail(queued: QueuedPod, noFit: NoFit, reason: 'Unschedulable' | 'SchedulerError'): void {
    const { log, recorder } = this.#context;
    const { message, nominated, rejectedBy } = noFit;
    const { key, info } = queued;
    const current = this.#pods.getByKey(key);
    if (!current) {
      const err = `pod ${JSON.stringify(info.pod.metadata.name)} not found`;
      log.info('schedule_one.go:1250', "Pod doesn't exist in informer cache", { pod: key, err });
    } else if (current.spec.nodeName) {
      const values = { pod: key, node: current.spec.nodeName };
      log.info('schedule_one.go:1256', 'Pod has been assigned to node. Abort adding it back to queue.', values);
    } else if (current.metadata.uid !== info.pod.metadata.uid) {
      const recreated = 'Pod was recreated while handling scheduling failure. Skip requeueing and status updates.';
      const values = { pod: key, oldUID: info.pod.metadata.uid, newUID: current.metadata.uid };
      log.verbose(2, 'schedule_one.go:1260', recreated, values);
      return;
    } else {
      queued.info = podInfo(current, info);
      this.#queue.putBack(queued, rejectedBy);
      this.#nominator.add(queued.info, nominated);
    }
    const { pod } = queued.info;
    const short = message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE - 4)} ...`;
    recorder.record(pod, 'Warning', 'FailedScheduling', 'Scheduling', short);
    this.#writeStatus(pod, message, reason, nominated);
  }

  #writeStatus(pod: Pod, message: string, reason: string, nominated: string | undefined): void {
    const { client, kernel, log } = this.#context;
    log.verbose(3, 'schedule_one.go:1325', 'Updating pod condition and nominated node name', {
      pod: keyOf(pod),
      conditionType: 'PodScheduled',
      conditionStatus: 'False',
      conditionReason: reason,
      ...(nominated !== undefined && { nominatedNodeName: nominated, nominatingMode: 1 }),
    });
    try {
      patchPodStatus(kernel, client, pod, { type: 'PodScheduled', status: 'False', reason, message }, nominated);
    } catch (error) {
      const values = { err: messageOf(error), logger: 'UnhandledError', pod: keyOf(pod) };
      log.error('schedule_one.go:1297', 'Error updating pod', values);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
