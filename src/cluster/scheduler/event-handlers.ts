import { keyOf } from '../api/object.ts';
import type { Node } from '../api/types/core.ts';
import type { Pod } from '../api/types/pod.ts';
import type { InformerHandler } from '../client/informer.ts';
import type { Log } from '../client/log.ts';
import type { Cache } from './cache.ts';
import { nodeChanges, podChanges } from './cluster-event.ts';
import { priorityOf } from './pod-info.ts';
import type { SchedulingQueue } from './queue.ts';

const PROFILE = 'default-scheduler';

/** Keeps the cache and the queue up to date with the cluster (pkg/scheduler, eventhandlers.go). */
export class EventHandlers {
  readonly #log: Log;
  readonly #cache: Cache;
  readonly #queue: SchedulingQueue;

  constructor(log: Log, cache: Cache, queue: SchedulingQueue) {
    this.#log = log;
    this.#cache = cache;
    this.#queue = queue;
  }

  get pods(): InformerHandler<Pod> {
    return {
      added: (pod) => this.#podAdded(pod),
      updated: (pod, before) => this.#podUpdated(pod, before),
      deleted: (pod) => this.#podDeleted(pod),
    };
  }

  get nodes(): InformerHandler<Node> {
    return {
      added: (node) => this.#nodeAdded(node),
      updated: (node, before) => this.#nodeUpdated(node, before),
      deleted: (node) => this.#nodeDeleted(node),
    };
  }

  #podAdded(pod: Pod): void {
    if (isTerminal(pod)) return;
    if (pod.spec.nodeName) this.#assigned(pod, pod.spec.nodeName);
    else if (isOurs(pod)) {
      this.#log.verbose(3, 'eventhandlers.go:214', 'Add event for unscheduled pod', { pod: keyOf(pod) });
      this.#queue.add(pod);
    }
  }

  /** Pods that ended are not watched by the real one: to it they go. */
  #podUpdated(pod: Pod, before: Pod): void {
    const isAnother = before.metadata.uid !== pod.metadata.uid;
    if (isAnother || isTerminal(pod)) {
      if (!isTerminal(before)) this.#podDeleted(before);
      if (isAnother) this.#podAdded(pod);
    } else if (before.spec.nodeName) this.#assignedUpdated(pod, before, before.spec.nodeName);
    else if (pod.spec.nodeName) {
      this.#assigned(pod, pod.spec.nodeName);
      if (isOurs(before)) this.#leaveQueue(before);
    } else if (isOurs(before)) this.#waitingUpdated(pod, before);
  }

  #podDeleted(pod: Pod): void {
    if (isTerminal(pod)) return;
    if (pod.spec.nodeName) {
      this.#log.verbose(3, 'eventhandlers.go:443', 'Delete event for scheduled pod', { pod: keyOf(pod) });
      this.#cache.removePod(pod.metadata.uid);
      this.#queue.tell({ resource: 'Pod', action: 'Delete', now: undefined, before: pod });
    } else if (isOurs(pod)) {
      this.#leaveQueue(pod);
      if (this.#cache.isAssumed(pod.metadata.uid)) this.#forgetAssumed(pod);
      else if (pod.status.nominatedNodeName) this.#nominationEnded(pod);
    }
  }

  #assigned(pod: Pod, nodeName: string): void {
    this.#log.verbose(3, 'eventhandlers.go:374', 'Add event for scheduled pod', { pod: keyOf(pod) });
    this.#cache.setPod(pod, nodeName);
    this.#queue.tell({ resource: 'Pod', action: 'Add', now: pod, before: undefined });
  }

  #assignedUpdated(pod: Pod, before: Pod, nodeName: string): void {
    this.#log.verbose(4, 'eventhandlers.go:407', 'Update event for scheduled pod', { pod: keyOf(before) });
    this.#cache.setPod(pod, nodeName);
    for (const event of podChanges(pod, before)) this.#queue.tell(event);
  }

  #waitingUpdated(pod: Pod, before: Pod): void {
    // What happened before it was bound, told after.
    if (this.#cache.isAssumed(pod.metadata.uid)) return;
    this.#log.verbose(4, 'eventhandlers.go:316', 'Update event for unscheduled pod', { pod: keyOf(pod) });
    this.#queue.update(pod, before);
    const { nominatedNodeName } = before.status;
    if (nominatedNodeName && nominatedNodeName !== pod.status.nominatedNodeName) this.#nominationEnded(before);
  }

  #leaveQueue(pod: Pod): void {
    this.#log.verbose(3, 'eventhandlers.go:335', 'Delete event for unscheduled pod', { pod: keyOf(pod) });
    this.#queue.remove(pod);
  }

  #forgetAssumed(pod: Pod): void {
    this.#cache.removePod(pod.metadata.uid);
    this.#queue.tell({ resource: 'Pod', action: 'Delete', now: undefined, before: pod });
  }

  /** For those no more important it is as if a Pod had left the node. */
  #nominationEnded(pod: Pod): void {
    const isAffected = (other: Pod) => priorityOf(other) <= priorityOf(pod);
    this.#queue.tell({ resource: 'Pod', action: 'Delete', now: undefined, before: pod }, isAffected);
  }

  #nodeAdded(node: Node): void {
    const { name } = node.metadata;
    this.#log.verbose(3, 'eventhandlers.go:63', 'Add event for node', { node: name });
    this.#cache.setNode(node);
    this.#log.verbose(2, 'node_tree.go:65', 'Added node to NodeTree', { node: name, zone: zoneOf(node) });
    this.#queue.tell({ resource: 'Node', action: 'Add', now: node, before: undefined });
  }

  #nodeUpdated(node: Node, before: Node): void {
    this.#log.verbose(4, 'eventhandlers.go:82', 'Update event for node', { node: node.metadata.name });
    this.#cache.setNode(node);
    for (const event of nodeChanges(node, before)) this.#queue.tell(event);
  }

  #nodeDeleted(node: Node): void {
    const { name } = node.metadata;
    this.#queue.tell({ resource: 'Node', action: 'Delete', now: undefined, before: node });
    this.#log.verbose(3, 'eventhandlers.go:122', 'Delete event for node', { node: name });
    this.#cache.removeNode(name);
    this.#log.verbose(2, 'node_tree.go:79', 'Removed node from NodeTree', { node: name, zone: zoneOf(node) });
  }
}

function isOurs({ spec }: Pod): boolean {
  return (spec.schedulerName ?? PROFILE) === PROFILE;
}

function isTerminal({ status }: Pod): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed';
}

/** Region and zone as one name; empty for a node in none (component-helpers, node/topology.GetZoneKey). */
function zoneOf({ metadata: { labels = {} } }: Node): string {
  const region = labels['topology.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? '';
  return region === '' && zone === '' ? '' : `${region}:\u0000:${zone}`;
}
