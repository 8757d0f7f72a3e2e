import { parseTime } from '#kernel/calendar.ts';
import { Coroutine } from '#kernel/coroutine.ts';
import { Kernel } from '#kernel/kernel.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import { deployment as deploymentKind } from './api/kinds/apps/deployment.ts';
import { pod as podKind } from './api/kinds/pod/pod.ts';
import type { Pod } from './api/types/pod.ts';
import { Client } from './client/client.ts';
import { dial } from './client/dial.ts';
import { Cluster, type ClusterOptions } from './cluster.ts';
import { readKubeconfig } from './components/credentials.ts';
import type { ClusterNode } from './node/node.ts';

const START = parseTime('2026-11-23T00:00:00Z');
const MANIFESTS = '/etc/kubernetes/manifests';
/** Simulated milliseconds until a new cluster is settled. */
const SETTLED = 60_000;

interface RunningOptions
  extends Pick<ClusterOptions, 'saved' | 'userland' | 'nodePrograms' | 'workstationPrograms' | 'profile'> {
  /** How long a new one runs at once, in simulated milliseconds. */
  readonly settled?: number;
  /** How long after it was saved one that was goes on. */
  readonly later?: number;
}

/** A cluster that has come up, and its administrator. For tests alone. */
export class Running {
  readonly kernel: Kernel;
  readonly cluster: Cluster;
  readonly client: Client;
  /** What units of cp1 said. */
  readonly said: string[] = [];

  constructor(seed = 1, options: RunningOptions = {}) {
    const { settled = SETTLED, saved, userland, nodePrograms, workstationPrograms, profile, later = 0 } = options;
    this.kernel = new Kernel({ start: saved ? saved.now + later : START, seed });
    this.cluster = new Cluster({
      kernel: this.kernel,
      ...(saved && { saved }),
      ...(userland && { userland }),
      ...(nodePrograms && { nodePrograms }),
      ...(workstationPrograms && { workstationPrograms }),
      ...(profile && { profile }),
      onLog: (node, unit, line) => {
        if (node === 'cp1') this.said.push(`${unit}: ${line}`);
      },
    });
    this.cluster.start();
    if (!saved) this.kernel.runFor(settled);
    const { files, sockets } = this.node('cp1');
    const admin = readKubeconfig(readTextIfThere(files, '/etc/kubernetes/admin.conf') ?? '', files);
    this.client = new Client(dial(this.kernel, sockets, admin), 'test');
  }

  node(name: string): ClusterNode {
    const node = this.cluster.nodes.get(name);
    if (!node) throw new Error(`there is no node ${name}`);
    return node;
  }

  /** As `systemctl stop kubelet`. */
  kubelet(node: string, action: 'start' | 'stop'): void {
    this.unit(node, 'kubelet.service', action);
  }

  /** As `systemctl stop UNIT`. */
  unit(node: string, unit: string, action: 'start' | 'stop'): void {
    const fail = (error: unknown) => {
      throw error;
    };
    new Coroutine(this.kernel, this.node(node).units[action](unit), () => undefined, fail);
  }

  manifest(name: string): string {
    return readTextIfThere(this.node('cp1').files, `${MANIFESTS}/${name}.yaml`) ?? '';
  }

  /** Edits a manifest of the control plane; an empty text takes it away. */
  setManifest(name: string, text: string): void {
    const { files } = this.node('cp1');
    if (text === '') files.unlink(`${MANIFESTS}/${name}.yaml`);
    else files.writeText(`${MANIFESTS}/${name}.yaml`, text);
  }

  deploy(name: string, replicas: number): void {
    const labels = { app: name };
    this.client.create(deploymentKind, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'default' },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name, image: 'nginx' }] } },
      },
    } as never);
  }

  pods(app: string): readonly Pod[] {
    return this.client.list(podKind, { namespace: 'default', labelSelector: `app=${app}` }).items;
  }

  phases(app: string): readonly (string | undefined)[] {
    return this.pods(app).map(({ status }) => status.phase);
  }

  /** The log of the newest container of a control-plane component. */
  log(component: string): string {
    const node = this.node('cp1');
    const [newest] = node.containerd
      .containers()
      .filter(({ config }) => config.name === component)
      .sort((a, b) => b.config.attempt - a.config.attempt || b.createdAt - a.createdAt);
    return newest ? (readTextIfThere(node.files, newest.logFile) ?? '') : '';
  }

  /** The status of /readyz, or why nobody answers. */
  ready(): number | string {
    try {
      return this.cluster.request({ method: 'GET', path: '/readyz' }).status;
    } catch (error) {
      return (error as Error).message;
    }
  }
}
