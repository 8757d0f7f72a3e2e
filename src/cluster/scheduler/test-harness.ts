import { parseTime } from '#kernel/calendar.ts';
import { Kernel } from '#kernel/kernel.ts';
import { event as eventKind } from '../api/kinds/core/event.ts';
import { namespace as namespaceKind } from '../api/kinds/core/namespace.ts';
import { node as nodeKind } from '../api/kinds/core/node.ts';
import { serviceAccount as serviceAccountKind } from '../api/kinds/core/service-account.ts';
import { priorityClass as priorityClassKind } from '../api/kinds/other/priority-class.ts';
import { pod as podKind } from '../api/kinds/pod/pod.ts';
import type { Condition, Labels } from '../api/object.ts';
import type { Node } from '../api/types/core.ts';
import type { Pod, PodSpec, ResourceList } from '../api/types/pod.ts';
import { ApiServer } from '../apiserver/server.ts';
import { Client } from '../client/client.ts';
import { type Connection, ConnectionError } from '../client/connection.ts';
import { actionRecorder } from '../client/event-broadcaster.ts';
import { Informers } from '../client/informers.ts';
import { Log } from '../client/log.ts';
import { Store } from '../store/store.ts';
import type { Snapshot } from './framework.ts';
import { NodeInfo } from './node-info.ts';
import { podInfo } from './pod-info.ts';
import { Scheduler } from './scheduler.ts';

const START = parseTime('2026-11-23T06:00:00Z');

export interface PodOptions extends Partial<PodSpec> {
  readonly labels?: Labels;
  readonly namespace?: string;
  readonly requests?: ResourceList;
  readonly status?: Partial<Pod['status']>;
  readonly metadata?: Partial<Pod['metadata']>;
}

/** A Pod of one container as the API server would give it; its UID is `uid-` and its name. For tests alone. */
export function pod(name: string, options: PodOptions = {}): Pod {
  const { labels, namespace = 'default', requests, status, metadata, ...spec } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: `uid-${name}`,
      resourceVersion: '1',
      creationTimestamp: '2026-11-23T06:00:00Z',
      generation: 1,
      ...(labels && { labels }),
      ...metadata,
    },
    spec: {
      containers: [{ name: 'c', image: 'nginx', ...(requests && { resources: { requests } }) }],
      schedulerName: 'default-scheduler',
      ...spec,
    },
    status: { phase: 'Pending', ...status },
  };
}

export interface NodeOptions extends Partial<Node['spec']> {
  readonly labels?: Labels;
  readonly allocatable?: ResourceList;
  readonly images?: NonNullable<Node['status']['images']>;
}

/** A node of 4 CPUs, 8 GiB and 110 Pods, unless told otherwise. For tests alone. */
export function node(name: string, options: NodeOptions = {}): Node {
  const { labels, allocatable, images, ...spec } = options;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: `uid-${name}`,
      resourceVersion: '1',
      creationTimestamp: '2026-11-23T06:00:00Z',
      labels: { 'kubernetes.io/hostname': name, ...labels },
    },
    spec,
    status: {
      allocatable: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi', pods: '110', ...allocatable },
      ...(images && { images }),
    },
  };
}

/** A node with Pods on it. For tests alone. */
export function nodeInfo(object: Node, ...pods: readonly Pod[]): NodeInfo {
  return new NodeInfo(
    object,
    pods.map((each) => podInfo(each)),
  );
}

/** What a plugin sees of the cluster. For tests alone. */
export function snapshot(nodes: readonly NodeInfo[], more: Partial<Snapshot> = {}): Snapshot {
  return {
    nodes,
    namespaceLabels: (name) => ({ 'kubernetes.io/metadata.name': name ?? '' }),
    companions: () => undefined,
    ...more,
  };
}

interface HarnessOptions {
  readonly seed?: number;
  readonly verbosity?: number;
  /** Whether the scheduler starts with nothing to ask: its Events are the older ones then. */
  readonly startsBlind?: boolean;
}

/** An API server with one scheduler and nobody else: Pods are bound, and never run. For tests alone. */
export class SchedulerHarness {
  readonly kernel: Kernel;
  readonly client: Client;
  /** The scheduler's log, without severity, time and process. */
  readonly lines: string[] = [];
  /** Asked of each request of the scheduler: true lets it fail. */
  fails: (method: string, path: string) => boolean = () => false;
  readonly #server: ApiServer;
  readonly #verbosity: number;
  #scheduler: Scheduler | undefined;
  #informers: Informers | undefined;

  constructor({ seed = 1, verbosity = 0, startsBlind = false }: HarnessOptions = {}) {
    this.kernel = new Kernel({ start: START, seed });
    this.#server = new ApiServer({ kernel: this.kernel, store: new Store(this.kernel) });
    this.#verbosity = verbosity;
    this.client = new Client(this.#connect(), 'test');
    this.addNamespace('default');
    this.fails = () => startsBlind;
    this.start();
    this.fails = () => false;
  }

  /** Also after `stop`: as a new process that knows nothing. */
  start(): void {
    const served = this.#connect();
    const connection: Connection = (request) => {
      if (this.fails(request.method, request.path)) throw new ConnectionError('dial tcp: connect: connection refused');
      return served(request);
    };
    const client = new Client(connection, 'kube-scheduler');
    const informers = new Informers(this.kernel, client);
    const log = new Log(this.kernel, (line) => this.lines.push(line.replace(/^.{29} /, '')), this.#verbosity);
    const recorder = actionRecorder(this.kernel, client, 'default-scheduler', 'cp1');
    this.#scheduler = new Scheduler({ kernel: this.kernel, client, informers, log, recorder });
    this.#informers = informers;
    informers.start();
    this.kernel.runFor(0);
    this.#scheduler.run();
  }

  stop(): void {
    this.#scheduler?.stop();
    this.#informers?.stop();
  }

  addNamespace(name: string, labels: Labels = {}): void {
    this.client.create(namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels }, spec: {} });
    this.client.create(serviceAccountKind, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: name },
    });
  }

  addNode(name: string, options: NodeOptions = {}): void {
    const { metadata, spec, status } = node(name, options);
    const { labels = {} } = metadata;
    const created = this.client.create(nodeKind, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec });
    // New nodes are tainted until the node controller has seen them ready: here they are.
    const ready = this.client.patch(nodeKind, created, { spec: { taints: spec.taints ?? null } }, 'merge');
    this.client.updateStatus(nodeKind, { ...ready, status });
  }

  addPod(name: string, options: PodOptions = {}): void {
    const { metadata, spec: whole } = pod(name, options);
    const { priority, preemptionPolicy, ...others } = whole;
    const priorityClassName = this.#priorityClass(priority ?? 0, preemptionPolicy);
    const spec = { ...others, ...(priorityClassName !== undefined && { priorityClassName }) };
    const { namespace = '', labels, ownerReferences } = metadata;
    this.client.create(podKind, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, ...(labels && { labels }), ...(ownerReferences && { ownerReferences }) },
      spec,
    });
  }

  /** As a kubelet does when the Pod's containers are gone. */
  removePod(name: string): void {
    this.client.delete(podKind, { metadata: { name, namespace: 'default' } }, { gracePeriodSeconds: 0 });
  }

  pod(name: string): Pod {
    return this.client.get(podKind, 'default', name);
  }

  run(seconds = 0): void {
    this.kernel.runFor(seconds * 1000);
  }

  /** Where each Pod is, by name; undefined for one that waits. */
  placements(): Readonly<Record<string, string | undefined>> {
    const { items } = this.client.list(podKind);
    return Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, spec.nodeName]));
  }

  condition(name: string, type = 'PodScheduled'): Condition | undefined {
    return this.pod(name).status.conditions?.find((each) => each.type === type);
  }

  /** `reason: message` of the events about a Pod, in the order in which they were told last, with how often if more than once. */
  events(name: string): readonly string[] {
    return this.client
      .list(eventKind, { namespace: 'default' })
      .items.filter(({ involvedObject }) => involvedObject.name === name)
      .sort((one, other) => Number(one.metadata.resourceVersion) - Number(other.metadata.resourceVersion))
      .map(({ reason, message, count, series }) => {
        const times = count ?? series?.count ?? 1;
        return `${reason}: ${message}${times > 1 ? ` (${times} times)` : ''}`;
      });
  }

  /** Priorities come from classes alone. */
  #priorityClass(value: number, preemptionPolicy: string | undefined): string | undefined {
    if (value === 0 && preemptionPolicy === undefined) return undefined;
    const name = `priority-${value}-${preemptionPolicy ?? ''}x`.toLowerCase();
    if (this.client.find(priorityClassKind, undefined, name)) return name;
    this.client.create(priorityClassKind, {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
      ...(preemptionPolicy !== undefined && { preemptionPolicy }),
    });
    return name;
  }

  #connect(): Connection {
    return this.#server.connectAs({ name: 'system:admin', groups: ['system:masters'] });
  }
}
