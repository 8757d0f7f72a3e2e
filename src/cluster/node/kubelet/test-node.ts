import { parseTime } from '#kernel/calendar.ts';
import { type Routine, sleep, wait } from '#kernel/coroutine.ts';
import { Kernel } from '#kernel/kernel.ts';
import { FsError, readTextIfThere } from '#machine/file-system.ts';
import type { HttpRequest, HttpResponse } from '#machine/http.ts';
import type { ProcessContext } from '#machine/program.ts';
import { event as eventKind } from '../../api/kinds/core/event.ts';
import { namespace as namespaceKind } from '../../api/kinds/core/namespace.ts';
import { serviceAccount as serviceAccountKind } from '../../api/kinds/core/service-account.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { Labels } from '../../api/object.ts';
import type { Event } from '../../api/types/core.ts';
import type { Container, ContainerState, ContainerStatus, Pod, PodSpec, PodStatus } from '../../api/types/pod.ts';
import { ApiServer } from '../../apiserver/server.ts';
import { Client } from '../../client/client.ts';
import { ConnectionError } from '../../client/connection.ts';
import { Store } from '../../store/store.ts';
import { type CatalogImage, ImageCatalog } from '../containerd/catalog.ts';
import { Network } from '../network/network.ts';
import { ClusterNode } from '../node.ts';

const START = parseTime('2026-11-23T06:00:00Z');
const MANIFESTS = '/etc/kubernetes/manifests';

/** A node with its kubelet and its containerd, and an API server: all real. Pods are bound to it without a scheduler. For tests alone. */
export class TestNode {
  readonly kernel = new Kernel({ start: START, seed: 1 });
  readonly client: Client;
  readonly node: ClusterNode;
  /** What the kubelet wrote to its log, without the time. */
  readonly log: string[] = [];
  readonly #server: ApiServer;
  readonly #events: { readonly name: string; readonly text: string }[] = [];
  #isServerUp = true;

  constructor({ hasNetwork = true, isStarted = true }: { hasNetwork?: boolean; isStarted?: boolean } = {}) {
    const { kernel } = this;
    this.#server = new ApiServer({ kernel, store: new Store(kernel) });
    this.client = new Client(this.#server.connectAs({ name: 'admin', groups: ['system:masters'] }), 'test');
    for (const name of ['default', 'kube-node-lease', 'kube-system'])
      this.client.create(namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: {} });
    this.client.create(serviceAccountKind, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'default' },
    });
    this.client.watch(eventKind, '1').read({
      next: ({ type, object }) => {
        const { involvedObject, reason, message } = object as Event;
        if (type === 'ADDED') this.#events.push({ name: involvedObject.name ?? '', text: `${reason}: ${message}` });
      },
      end: () => undefined,
    });
    this.node = new ClusterNode({
      kernel,
      network: new Network(),
      catalog: new ImageCatalog(IMAGES),
      name: 'w1',
      address: '172.18.0.3',
      facts: {
        capacity: { cpu: '2', memory: '4Gi', 'ephemeral-storage': '50Gi', pods: '110' },
        nodeInfo: { architecture: 'amd64', machineID: 'm' },
      },
      labels: {},
      taints: [],
      containerdVersion: '2.3.7',
      filter: ({ destination, port }) => ({ verdict: 'accept', address: destination, port }),
      onLog: (_, line) => this.log.push(line.replace(/^(.)\S+ \S+\s+\d+ /, '$1 ')),
    });
    this.node.files.mkdir(MANIFESTS, { recursive: true });
    if (hasNetwork) this.configureNetwork();
    if (isStarted) this.startKubelet();
  }

  configureNetwork(): void {
    const { files } = this.node;
    if (!files.exists('/etc/cni/net.d')) files.mkdir('/etc/cni/net.d', { recursive: true });
    const plugin = { type: 'ptp', ipam: { type: 'host-local', ranges: [[{ subnet: '10.244.1.0/24' }]] } };
    files.writeText('/etc/cni/net.d/10-test.conflist', JSON.stringify({ name: 'test', plugins: [plugin] }));
  }

  startKubelet(): void {
    const connection = this.#server.connectAs({ name: 'system:node:w1', groups: ['system:masters'] });
    this.node.startKubelet((request: HttpRequest): HttpResponse => {
      if (this.#isServerUp) return connection(request);
      throw new ConnectionError(
        `Get "https://172.18.0.2:6443${request.path}": dial tcp 172.18.0.2:6443: connect: connection refused`,
      );
    });
    // Until it is registered and has asked for Pods.
    this.run(3);
  }

  setServerUp(isUp: boolean): void {
    this.#isServerUp = isUp;
  }

  /** Makes a Pod on this node and lets it begin. */
  start(name: string, container: Partial<Container>, spec: Partial<PodSpec> = {}, labels: Labels = {}): void {
    this.client.create(podKind, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels },
      spec: {
        nodeName: 'w1',
        automountServiceAccountToken: false,
        ...spec,
        containers: [
          { name: 'c', image: 'test', imagePullPolicy: 'IfNotPresent', ...container },
          ...(spec.containers ?? []),
        ],
      },
    });
  }

  delete(name: string, gracePeriodSeconds?: number): void {
    const options = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
    this.client.delete(podKind, { metadata: { name, namespace: 'default' } }, options);
  }

  run(seconds: number): void {
    this.kernel.runFor(seconds * 1000);
  }

  /** Lets time pass until something holds; fails after a while. */
  until(what: () => boolean, seconds = 60): void {
    if (!this.kernel.runUntilTrue(what, seconds * 1000)) throw new Error(`it does not hold within ${seconds} s`);
    // What was written in this moment comes over the watch.
    this.kernel.runFor(0);
  }

  find(name: string): Pod | undefined {
    return this.client.find(podKind, 'default', name);
  }

  status(name: string): PodStatus {
    return this.find(name)?.status ?? {};
  }

  container(pod: string, name = 'c'): ContainerStatus | undefined {
    const { containerStatuses = [], initContainerStatuses = [] } = this.status(pod);
    return [...containerStatuses, ...initContainerStatuses].find((status) => status.name === name);
  }

  /** What kubectl would make of a container's state: `Running`, `Error`, `CrashLoopBackOff`. */
  state(pod: string, name = 'c'): string {
    const { running, waiting, terminated }: ContainerState = this.container(pod, name)?.state ?? {};
    return running ? 'Running' : (waiting?.reason ?? terminated?.reason ?? '');
  }

  /** `True` or `False`, with the reason. */
  condition(pod: string, wanted: string): string {
    const found = this.status(pod).conditions?.find(({ type }) => type === wanted);
    return [found?.status, found?.reason].filter((word) => word !== undefined).join(' ');
  }

  /** `Reason: message` of the events about an object, in the order of their first time. */
  events(name: string): readonly string[] {
    return this.#events.filter((event) => event.name === name).map(({ text }) => text);
  }

  writeManifest(file: string, text: string): void {
    this.node.files.writeText(`${MANIFESTS}/${file}`, text);
  }

  removeManifest(file: string): void {
    this.node.files.remove(`${MANIFESTS}/${file}`);
  }

  /** What a container wrote. */
  output(pod: string, query: Readonly<Record<string, string>> = {}, container = 'c'): string {
    const { body } = this.ask(`/containerLogs/default/${pod}/${container}`, query);
    return typeof body === 'string' ? body : ((body as { readonly message?: string }).message ?? '');
  }

  /** Asks the kubelet's own port. */
  ask(path: string, query: Readonly<Record<string, string>> = {}): HttpResponse {
    const { http } = this.node.sockets.connect('tcp', '172.18.0.3', 10250).serves;
    if (!http) throw new Error('the kubelet serves no HTTP');
    return http({ method: 'GET', path, query });
  }
}

/**
 * Does what its words say, one after the other: `say hello`, `warn hello`, `sleep 3`, `exit 2`, `write /file text`, `show /file`,
 * `serve 8080 200`, `need /file` (fails without it), `env NAME`, `wait` (until TERM), `hang` (whatever comes). At the end it exits with 0.
 */
function* doProgram(process: ProcessContext): Routine<number> {
  const { kernel, streams, files, sockets, pid, env } = process;
  for (const words of process.argv.slice(1)) {
    const [verb, first = '', ...rest] = words.split(' ');
    switch (verb) {
      case 'say':
        streams.out(`${words.slice(4)}\n`);
        break;
      case 'warn':
        streams.error(`${words.slice(5)}\n`);
        break;
      case 'sleep':
        yield* sleep(kernel, Number(first) * 1000);
        break;
      case 'wait':
        return yield* wait<number>((resume) => {
          process.onSignal('TERM', () => resume(0));
          return undefined;
        });
      case 'hang':
        return yield* wait<number>(() => undefined);
      case 'exit':
        return Number(first);
      case 'write':
        files.writeText(first, rest.join(' '));
        break;
      case 'show':
        streams.out(`${readTextIfThere(files, first) ?? `no ${first}`}\n`);
        break;
      case 'need':
        if (readTextIfThere(files, first) === undefined) {
          streams.error(`no ${first}\n`);
          return 1;
        }
        break;
      case 'env':
        streams.out(`${first}=${env[first] ?? ''}\n`);
        break;
      case 'serve': {
        const http = () => ({ status: Number(rest[0] ?? 200), body: 'page' });
        const listener = sockets.listen({
          protocol: 'tcp',
          address: '0.0.0.0',
          port: Number(first),
          pid,
          program: 'do',
          serves: { http },
        });
        process.onExit(() => listener.close());
        break;
      }
      default:
        throw new FsError('EINVAL', words);
    }
  }
  return 0;
}

const IMAGES: readonly CatalogImage[] = [
  {
    repository: 'test',
    tags: ['latest', '2'],
    size: 1_200_000,
    entrypoint: ['do'],
    command: ['wait'],
    programs: { do: doProgram },
  },
];
