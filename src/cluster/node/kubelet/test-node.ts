import { parseTime } from '#kernel/calendar.ts';
import { Kernel } from '#kernel/kernel.ts';
import type { HttpRequest, HttpResponse } from '#machine/http.ts';
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
import { Log } from '../../client/log.ts';
import { Store } from '../../store/store.ts';
import { Cni } from '../cni/cni.ts';
import { ImageCatalog } from '../containerd/catalog.ts';
import { Containerd } from '../containerd/containerd.ts';
import { Images } from '../containerd/images.ts';
import { FileSystemView } from '../file-system/view.ts';
import { Volume } from '../file-system/volume.ts';
import { Network, type NetworkNamespace } from '../network/network.ts';
import { PidNamespace } from '../processes/pid-namespace.ts';
import { StandIn } from '../processes/stand-in.ts';
import { KubeletFiles } from './files.ts';
import { Kubelet } from './kubelet.ts';
import { TEST_IMAGES } from './test-image.ts';

const START = parseTime('2026-11-23T06:00:00Z');
const ADDRESS = '172.18.0.3';
const MANIFESTS = '/etc/kubernetes/manifests';

/** A node with its kubelet and its containerd, and an API server: all real. Pods are bound to it without a scheduler. For tests alone. */
export class TestNode {
  readonly kernel = new Kernel({ start: START, seed: 1 });
  readonly client: Client;
  readonly files: FileSystemView;
  readonly sockets: NetworkNamespace;
  readonly containerd: Containerd;
  #kubelet: Kubelet | undefined;
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
    this.files = FileSystemView.of(new Volume(kernel, 1));
    for (const path of [
      '/etc',
      '/var/lib/kubelet',
      '/var/log/pods',
      '/run',
      '/tmp',
      '/dev',
      '/proc',
      '/sys',
      MANIFESTS,
    ])
      this.files.mkdir(path, { recursive: true });
    const network = new Network(kernel);
    this.sockets = network.machine();
    this.sockets.addAddress(ADDRESS);
    const pids = new PidNamespace(undefined, (last) => last + 1);
    new StandIn(pids, { argv: ['/sbin/init'], startedAt: kernel.now });
    let device = 1;
    this.containerd = new Containerd({
      kernel,
      images: new Images(kernel, new ImageCatalog(TEST_IMAGES)),
      cni: new Cni(kernel, this.files, network, this.sockets),
      version: '2.3.7',
      host: {
        pids,
        sockets: this.sockets,
        files: this.files,
        machine: { kernelVersion: '6.12.0', memory: 4_025_308, cpus: 2, bootedAt: 0 },
        nextDevice: () => {
          device += 1;
          return device;
        },
      },
    });
    this.containerd.setRunning(true);
    if (hasNetwork) this.configureNetwork();
    if (isStarted) this.startKubelet();
  }

  configureNetwork(): void {
    const { files } = this;
    if (!files.exists('/etc/cni/net.d')) files.mkdir('/etc/cni/net.d', { recursive: true });
    const plugin = { type: 'ptp', ipam: { type: 'host-local', ranges: [[{ subnet: '10.244.1.0/24' }]] } };
    files.writeText('/etc/cni/net.d/10-test.conflist', JSON.stringify({ name: 'test', plugins: [plugin] }));
  }

  startKubelet(): void {
    const { kernel } = this;
    const connection = this.#server.connectAs({ name: 'system:node:w1', groups: ['system:masters'] });
    const client = new Client((request: HttpRequest): HttpResponse => {
      if (this.#isServerUp) return connection(request);
      const { method } = request;
      throw new ConnectionError(
        `${method.slice(0, 1)}${method.slice(1).toLowerCase()} "https://172.18.0.2:6443${request.path}": dial tcp 172.18.0.2:6443: connect: connection refused`,
      );
    }, 'kubelet');
    this.#kubelet = new Kubelet({
      kernel,
      nodeName: 'w1',
      hostIP: ADDRESS,
      client,
      runtime: this.containerd,
      files: new KubeletFiles(this.files),
      sockets: this.sockets,
      log: new Log(kernel, (line) => this.log.push(line.replace(/^(.)\S+ \S+\s+\d+ /, '$1 ')), 2),
      staticPodPath: MANIFESTS,
      facts: {
        capacity: { cpu: '2', memory: '4Gi', 'ephemeral-storage': '50Gi', pods: '110' },
        nodeInfo: { architecture: 'amd64' },
        addresses: [
          { type: 'InternalIP', address: ADDRESS },
          { type: 'Hostname', address: 'w1' },
        ],
      },
      labels: {},
      taints: [],
      providerID: '',
    });
    this.#kubelet.start();
    // Until it is registered and has asked for Pods.
    this.run(3);
  }

  stopKubelet(): void {
    this.#kubelet?.stop();
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
    this.files.writeText(`${MANIFESTS}/${file}`, text);
  }

  removeManifest(file: string): void {
    this.files.remove(`${MANIFESTS}/${file}`);
  }

  /** What a container wrote. */
  output(pod: string, query: Readonly<Record<string, string>> = {}, container = 'c'): string {
    const { body } = this.ask(`/containerLogs/default/${pod}/${container}`, query);
    return typeof body === 'string' ? body : ((body as { readonly message?: string }).message ?? '');
  }

  /** Asks the kubelet's own port. */
  ask(path: string, query: Readonly<Record<string, string>> = {}): HttpResponse {
    if (!this.#kubelet) throw new Error('there is no kubelet');
    return this.#kubelet.handler({ method: 'GET', path, query });
  }
}
