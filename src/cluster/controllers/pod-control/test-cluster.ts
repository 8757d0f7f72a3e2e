import { parseTime, timestamp } from '#kernel/calendar.ts';
import { Kernel } from '#kernel/kernel.ts';
import type { Source } from '#kernel/stream.ts';
import type { HttpRequest, HttpResponse } from '#machine/http.ts';
import { event as eventKind } from '../../api/kinds/core/event.ts';
import { namespace as namespaceKind } from '../../api/kinds/core/namespace.ts';
import { node as nodeKind } from '../../api/kinds/core/node.ts';
import { serviceAccount as serviceAccountKind } from '../../api/kinds/core/service-account.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { controllerOf, type Labels } from '../../api/object.ts';
import { isReason } from '../../api/status.ts';
import type { Taint } from '../../api/types/core.ts';
import type { Pod, PodTemplateSpec } from '../../api/types/pod.ts';
import { ApiServer } from '../../apiserver/server.ts';
import { Client } from '../../client/client.ts';
import { EventRecorder } from '../../client/event-recorder.ts';
import { Informers } from '../../client/informers.ts';
import { Log } from '../../client/log.ts';
import { Store } from '../../store/store.ts';
import type { Controller, StartController } from '../controller.ts';

const START = parseTime('2026-11-23T00:00:00Z');

export interface TestClusterOptions {
  readonly seed?: number;
  /** How long a bound Pod takes until it is ready, in milliseconds; undefined for one that never is. */
  readonly readyAfter?: (pod: Pod) => number | undefined;
  /** By how many milliseconds the next event reaches the controllers later than it happened. */
  readonly lag?: () => number;
}

/**
 * An API server, controllers, and one actor that stands for scheduler and kubelets: it binds Pods, makes them ready after a while, and
 * removes those that are deleted. For tests alone.
 */
export class TestCluster {
  readonly kernel: Kernel;
  readonly client: Client;
  /** What the controllers wrote to their log: mostly errors. */
  readonly errors: string[] = [];
  readonly #server: ApiServer;
  readonly #readyAfter: (pod: Pod) => number | undefined;
  readonly #lag: (() => number) | undefined;
  readonly #nodes: string[] = [];
  readonly #waiting = new Set<string>();
  #controllers: Controller[] = [];
  #informers: Informers | undefined;
  #turn = 0;

  constructor(start: readonly StartController[], { seed = 1, readyAfter = () => 1000, lag }: TestClusterOptions = {}) {
    this.kernel = new Kernel({ start: START, seed });
    this.#server = new ApiServer({ kernel: this.kernel, store: new Store(this.kernel) });
    this.#readyAfter = readyAfter;
    this.#lag = lag;
    this.client = this.#connect('test');
    this.client.create(namespaceKind, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'default' },
      spec: {},
    });
    this.client.create(serviceAccountKind, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'default' },
    });
    this.startControllers(start);
    this.#startKubelets();
  }

  /** Also after `stopControllers`: as a new process that knows nothing. */
  startControllers(start: readonly StartController[]): void {
    const client = this.#connect('kube-controller-manager', this.#lag);
    const informers = new Informers(this.kernel, client);
    const context = {
      kernel: this.kernel,
      client,
      informers,
      log: new Log(this.kernel, (line) => this.errors.push(line)),
      recorder: (component: string) => new EventRecorder(this.kernel, client, { component }),
    };
    this.#controllers = start.map((startOne) => startOne(context));
    this.#informers = informers;
    informers.start();
  }

  stopControllers(): void {
    for (const controller of this.#controllers) controller.stop();
    this.#informers?.stop();
  }

  addNode(name: string, labels: Labels = {}, taints: readonly Taint[] = []): void {
    this.client.create(nodeKind, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
      spec: taints.length > 0 ? { taints } : {},
    });
    // New nodes are tainted until the node controller has seen them ready: here they are.
    this.client.patch(nodeKind, { metadata: { name } }, { spec: { taints } }, 'merge');
    this.#nodes.push(name);
  }

  run(seconds: number): void {
    this.kernel.runFor(seconds * 1000);
  }

  pods(labels: Labels = {}): readonly Pod[] {
    const labelSelector = Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
    return this.client.list(podKind, { namespace: 'default', ...(labelSelector && { labelSelector }) }).items;
  }

  /** `reason: message` of the events about an object, in the order in which they were first told. */
  events(name: string): string[] {
    return this.client
      .list(eventKind, { namespace: 'default' })
      .items.filter(({ involvedObject }) => involvedObject.name === name)
      .sort((one, other) => Number(one.metadata.resourceVersion) - Number(other.metadata.resourceVersion))
      .map(({ reason, message }) => `${reason}: ${message}`);
  }

  #connect(userAgent: string, lag?: () => number): Client {
    const connection = this.#server.connectAs({ name: 'system:admin', groups: ['system:masters'] });
    if (!lag) return new Client(connection, userAgent);
    const late = (request: HttpRequest): HttpResponse => {
      const response = connection(request);
      return response.stream ? { ...response, stream: delayed(this.kernel, response.stream, lag) } : response;
    };
    return new Client(late, userAgent);
  }

  #startKubelets(): void {
    const informers = new Informers(this.kernel, this.#connect('kubelet'));
    const pods = informers.of(podKind);
    pods.handle({ added: (pod) => this.#see(pod), updated: (pod) => this.#see(pod) });
    informers.start();
  }

  #see(pod: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) {
      this.#later(`delete ${pod.metadata.uid}`, 1000, () =>
        this.client.delete(podKind, pod, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } }),
      );
    } else if (!pod.spec.nodeName) this.#later(`bind ${pod.metadata.uid}`, 50, () => this.#bind(pod));
    else if (pod.status.phase === 'Pending') {
      const wait = this.#readyAfter(pod);
      if (wait !== undefined) this.#later(`start ${pod.metadata.uid}`, wait, () => this.#makeReady(pod));
    }
  }

  #later(what: string, milliseconds: number, act: () => void): void {
    if (this.#waiting.has(what)) return;
    this.#waiting.add(what);
    this.kernel.after(milliseconds, () => {
      this.#waiting.delete(what);
      try {
        act();
      } catch (error) {
        if (!isReason(error, 'NotFound', 'Conflict')) throw error;
      }
    });
  }

  #bind(pod: Pod): void {
    const node = pinnedNode(pod) ?? this.#nodes[this.#turn++ % this.#nodes.length];
    if (node === undefined) return;
    const { name, namespace } = pod.metadata;
    this.client.request({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/pods/${name}/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: node } },
    });
  }

  #makeReady(pod: Pod): void {
    const fresh = this.client.find(podKind, pod.metadata.namespace, pod.metadata.name);
    if (fresh?.metadata.uid !== pod.metadata.uid) return;
    const time = timestamp(this.kernel.now);
    const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: time }] as const;
    this.client.updateStatus(podKind, { ...fresh, status: { ...fresh.status, phase: 'Running', conditions } });
  }
}

function pinnedNode({ spec }: Pod): string | undefined {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms?.[0]?.matchFields?.[0]?.values?.[0];
}

/** A template of one container, labelled `app: <name>`. */
export function template(name: string, image: string): PodTemplateSpec {
  return { metadata: { labels: { app: name } }, spec: { containers: [{ name, image }] } };
}

export function imageOf(pod: Pod): string {
  return pod.spec.containers[0]?.image ?? '';
}

/** Whose Pod it is: `ReplicaSet/web-…`, or nobody's. */
export function ownerNameOf(pod: Pod): string {
  const owner = controllerOf(pod);
  return owner ? `${owner.kind}/${owner.name}` : 'nobody';
}

/** The same events in the same order, later. */
function delayed<T>(kernel: Kernel, source: Source<T>, lag: () => number): Source<T> {
  let due = 0;
  const later = (act: () => void) => {
    due = Math.max(due, kernel.now + lag());
    kernel.after(due - kernel.now, act);
  };
  let isClosed = false;
  return {
    read: (reader) =>
      source.read({
        next: (value) => later(() => !isClosed && reader.next(value)),
        end: (end) => later(() => !isClosed && reader.end(end)),
      }),
    pause: () => source.pause(),
    resume: () => source.resume(),
    close: () => {
      isClosed = true;
      source.close();
    },
  };
}
