import type { Timer } from '#kernel/kernel.ts';
import { isEqual } from '../../api/json.ts';
import { node as nodeKind } from '../../api/kinds/core/node.ts';
import { lease as leaseKind } from '../../api/kinds/other/lease.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { Condition } from '../../api/object.ts';
import type { Node, Taint } from '../../api/types/core.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { ControllerContext } from '../controller.ts';
import { messageOf } from '../pod-control/errors.ts';
import { type NodeHealth, observeHealth, silentConditions } from './health.ts';
import { DEFAULTS, type NodeLifecycleOptions } from './options.ts';
import { markPodsNotReady } from './pods-not-ready.ts';
import { TaintQueue } from './taint-queue.ts';
import { hasTaint, NOT_READY, readyCondition, swapTaints, UNREACHABLE } from './taints.ts';
import { type ZoneState, zoneOf, zoneState } from './zones.ts';

const NAME = 'node-lifecycle-controller';
const LEASES = 'kube-node-lease';
/** scheduler.NodeHealthUpdateRetry */
const ATTEMPTS = 5;

interface Zone {
  state: ZoneState;
  readonly queue: TaintQueue;
}

interface Seen {
  readonly node: Node;
  /** What the node said of itself, before the controller did. */
  readonly observed: Condition | undefined;
  readonly current: Condition | undefined;
}

/** Looks at every node again and again: who is silent is not ready (nodelifecycle.Controller.monitorNodeHealth). */
export class NodeMonitor {
  readonly #context: ControllerContext;
  readonly #recorder: EventRecorder;
  readonly #options: Required<NodeLifecycleOptions>;
  readonly #known = new Map<string, Node>();
  readonly #health = new Map<string, NodeHealth>();
  readonly #zones = new Map<string, Zone>();
  /** Nodes whose Pods could not all be marked. */
  readonly #retry = new Set<string>();
  #timer: Timer | undefined;
  #isFirst = true;

  constructor(context: ControllerContext, recorder: EventRecorder, options: NodeLifecycleOptions) {
    this.#context = context;
    this.#recorder = recorder;
    this.#options = { ...DEFAULTS, ...options };
  }

  start(): void {
    this.#timer = this.#context.kernel.after(this.#options.nodeMonitorPeriod, () => this.start());
    this.#monitor();
  }

  stop(): void {
    this.#timer?.cancel();
    for (const { queue } of this.#zones.values()) queue.stop();
  }

  knows(node: string): boolean {
    return this.#health.has(node);
  }

  forget(node: string): void {
    this.#retry.delete(node);
  }

  #monitor(): void {
    const nodes = [...this.#context.informers.of(nodeKind).all()];
    this.#greet(nodes);
    this.#isFirst = false;
    const zones = new Map<string, (Condition | undefined)[]>();
    for (const cached of nodes) {
      const seen = this.#look(cached);
      if (!seen) continue;
      if (seen.node.metadata.labels?.['node.kubernetes.io/exclude-disruption'] === undefined) {
        const zone = zoneOf(seen.node);
        zones.set(zone, [...(zones.get(zone) ?? []), seen.current]);
      }
      if (seen.current) this.#act(seen, seen.current);
    }
    this.#judgeZones(zones, nodes);
  }

  #greet(nodes: readonly Node[]): void {
    const { log } = this.#context;
    const names = new Set(nodes.map(({ metadata }) => metadata.name));
    for (const node of nodes) {
      const { name } = node.metadata;
      this.#zoneOf(node);
      if (this.#known.has(name)) continue;
      log.verbose(1, 'node_lifecycle_controller.go:671', 'Controller observed a new Node', {
        logger: NAME,
        node: name,
      });
      if (!this.#isFirst || !this.#options.isResumed)
        this.#tell(node, 'RegisteredNode', `Registered Node ${name} in Controller`);
      this.#known.set(name, node);
      this.#markReachable(node);
    }
    for (const [name, node] of this.#known) {
      if (names.has(name)) continue;
      log.verbose(1, 'node_lifecycle_controller.go:679', 'Controller observed a Node deletion', {
        logger: NAME,
        node: name,
      });
      this.#tell(node, 'RemovingNode', `Removing Node ${name} from Controller`);
      this.#known.delete(name);
      this.#health.delete(name);
    }
  }

  #tell({ metadata: { name, uid } }: Node, reason: string, event: string): void {
    this.#recorder.record(referenceTo(name, uid), 'Normal', reason, `Node ${name} event: ${event}`);
  }

  /** Tries again with the node as it is now, when what the cache had was old. Undefined when that is of no use. */
  #look(cached: Node): Seen | undefined {
    const { client, log } = this.#context;
    const { name } = cached.metadata;
    let node: Node | undefined = cached;
    for (let attempt = 0; attempt < ATTEMPTS && node; attempt += 1) {
      try {
        if (attempt > 0) node = client.find(nodeKind, undefined, name);
        return node && this.#updateHealth(node);
      } catch (error) {
        const err = messageOf(error);
        log.error('node_lifecycle_controller.go:963', 'Error updating node', { err, logger: NAME, node: name });
      }
    }
    return undefined;
  }

  #updateHealth(node: Node): Seen {
    const { client, informers, kernel } = this.#context;
    const { name } = node.metadata;
    const observed = readyCondition(node);
    const lease = informers.of(leaseKind).get(LEASES, name);
    const health = observeHealth(this.#health.get(name), node, lease, kernel.now);
    this.#health.set(name, health);
    const { nodeMonitorGracePeriod, nodeStartupGracePeriod } = this.#options;
    const grace = observed ? nodeMonitorGracePeriod : nodeStartupGracePeriod;
    // On a real cluster each look comes a little later than its period, and so after a grace period that is a multiple of it.
    if (kernel.now < health.probedAt + grace) return { node, observed, current: observed };
    const conditions = silentConditions(node, kernel.now);
    const silent = { ...node, status: { ...node.status, conditions } };
    const current = readyCondition(silent);
    if (isEqual(current, observed)) return { node, observed, current };
    const updated = client.updateStatus(nodeKind, silent);
    this.#health.set(name, { probedAt: health.probedAt, ready: current, lease });
    return { node: updated, observed, current };
  }

  #act({ node, observed }: Seen, current: Condition): void {
    const { client, informers, kernel } = this.#context;
    const { name, uid } = node.metadata;
    this.#taintFor(node, current);
    const became = current.status !== 'True' && observed?.status === 'True';
    if (became) {
      const message = `Node ${name} status is now: NodeNotReady`;
      this.#recorder.record(referenceTo(name, uid), 'Normal', 'NodeNotReady', message);
    }
    if (became || (this.#retry.has(name) && observed?.status !== 'True')) {
      try {
        const pods = informers.of(podKind).indexed('spec.nodeName', name);
        markPodsNotReady(kernel, client, this.#recorder, pods);
      } catch (error) {
        if (!(error instanceof AggregateError)) throw error;
        this.#retry.add(name);
        return;
      }
    }
    this.#retry.delete(name);
  }

  /** nodelifecycle.Controller.processTaintBaseEviction */
  #taintFor(node: Node, { status }: Condition): void {
    if (status === 'True') {
      this.#markReachable(node);
      return;
    }
    const [wanted, other] = status === 'False' ? [NOT_READY, UNREACHABLE] : [UNREACHABLE, NOT_READY];
    if (hasTaint(node.spec.taints, other)) {
      this.#swap(node.metadata.name, [wanted], [other]);
      return;
    }
    const { queue } = this.#zoneOf(node);
    if (!hasTaint(node.spec.taints, wanted)) queue.remove(node.metadata.name);
    queue.add(node.metadata.name);
  }

  #markReachable(node: Node): void {
    const own = [UNREACHABLE, NOT_READY].filter((taint) => hasTaint(node.spec.taints, taint));
    if (own.length > 0 && !this.#swap(node.metadata.name, [], own)) return;
    this.#zoneOf(node).queue.remove(node.metadata.name);
  }

  /** Returns whether the node is done with. */
  #taintFromQueue(name: string): boolean {
    const node = this.#context.informers.of(nodeKind).get(undefined, name);
    if (!node) return true;
    const status = readyCondition(node)?.status;
    if (status === undefined) return false;
    if (status === 'False') return this.#swap(name, [NOT_READY], [UNREACHABLE]);
    return status === 'True' || this.#swap(name, [UNREACHABLE], [NOT_READY]);
  }

  #swap(name: string, add: readonly Taint[], remove: readonly Taint[]): boolean {
    const { kernel, client, log } = this.#context;
    try {
      swapTaints(kernel, client, name, add, remove);
      return true;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      log.error('controller_utils.go:205', 'Unhandled Error', {
        err: `unable to taint Node ${JSON.stringify(name)}: ${error.message}`,
      });
      return false;
    }
  }

  #zoneOf(node: Node): Zone {
    const key = zoneOf(node);
    const known = this.#zones.get(key);
    if (known) return known;
    const { kernel } = this.#context;
    const queue = new TaintQueue(kernel, this.#options.nodeEvictionRate, (name) => this.#taintFromQueue(name));
    const zone: Zone = { state: 'Initial', queue };
    this.#zones.set(key, zone);
    return zone;
  }

  /** When all nodes seem lost, it is the controller that is cut off: nobody is evicted (nodelifecycle.Controller.handleDisruption). */
  #judgeZones(conditions: ReadonlyMap<string, readonly (Condition | undefined)[]>, nodes: readonly Node[]): void {
    const { kernel, log } = this.#context;
    const threshold = this.#options.unhealthyZoneThreshold;
    for (const [key, { queue }] of [...this.#zones]) {
      if (conditions.has(key)) continue;
      queue.stop();
      this.#zones.delete(key);
    }
    const states = [...this.#zones].map(([key, zone]) => {
      const ready = conditions.get(key) ?? [];
      return { zone, key, size: ready.length, next: zoneState(ready, threshold) };
    });
    const areAllLost = states.every(({ next }) => next === 'FullDisruption');
    const wereAllLost = states.every(({ zone }) => zone.state === 'FullDisruption');
    if (areAllLost && wereAllLost) return;
    if (areAllLost) {
      log.info(
        'node_lifecycle_controller.go:1021',
        'Controller detected that all Nodes are not-Ready. Entering master disruption mode',
        { logger: NAME },
      );
      for (const node of nodes) this.#markReachable(node);
      for (const { zone } of states) zone.queue.setRate(0);
      for (const { zone } of states) zone.state = 'FullDisruption';
      return;
    }
    if (wereAllLost) {
      log.info(
        'node_lifecycle_controller.go:1040',
        'Controller detected that some Nodes are Ready. Exiting master disruption mode',
        { logger: NAME },
      );
      for (const [name, health] of this.#health) this.#health.set(name, { ...health, probedAt: kernel.now });
    }
    for (const { zone, key, size, next } of states) {
      if (zone.state === next && !wereAllLost) continue;
      if (!wereAllLost)
        log.info('node_lifecycle_controller.go:1063', 'Controller detected that zone is now in new state', {
          logger: NAME,
          zone: key,
          newState: next,
        });
      zone.queue.setRate(this.#rateIn(next, size));
      zone.state = next;
    }
  }

  #rateIn(state: ZoneState, size: number): number {
    const { nodeEvictionRate, secondaryNodeEvictionRate, largeClusterSizeThreshold } = this.#options;
    if (state !== 'PartialDisruption') return nodeEvictionRate;
    return size > largeClusterSizeThreshold ? secondaryNodeEvictionRate : 0;
  }
}

function referenceTo(name: string, uid: string) {
  return { apiVersion: 'v1', kind: 'Node', name, uid };
}
