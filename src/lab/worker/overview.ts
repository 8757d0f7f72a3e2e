import type { HttpRequest } from '#machine/http.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { ComponentOverview, NodeOverview, Overview } from '../protocol.ts';

const COMPONENTS = ['kube-apiserver', 'etcd', 'kube-controller-manager', 'kube-scheduler'] as const;

interface Condition {
  readonly type: string;
  readonly status: string;
}

interface NodeObject {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

interface PodObject {
  readonly spec: { readonly nodeName?: string };
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] };
}

/** Looks at a cluster from outside, as the administrator that it began with; what nobody answers stays as it was last seen. */
export class Watcher {
  readonly #cluster: Cluster;
  readonly #certificate: string | undefined;
  #nodes: readonly NodeOverview[] = [];

  /** @param certificate of an administrator, in PEM */
  constructor(cluster: Cluster, certificate: string | undefined) {
    this.#cluster = cluster;
    this.#certificate = certificate;
  }

  look(): Overview {
    const nodes = this.#list<NodeObject>('/api/v1/nodes');
    const pods = nodes && this.#list<PodObject>('/api/v1/pods');
    if (nodes && pods) this.#nodes = nodes.map((node) => nodeOverview(node, pods));
    return {
      now: this.#cluster.kernel.now,
      answers: nodes !== undefined,
      nodes: this.#nodes,
      components: this.#components(),
    };
  }

  /** Undefined when nobody answers. */
  #list<T>(path: string): readonly T[] | undefined {
    const request: HttpRequest = {
      method: 'GET',
      path,
      query: { resourceVersion: '0' },
      ...(this.#certificate && { peer: { certificate: this.#certificate } }),
    };
    try {
      const { status, body } = this.#cluster.request(request);
      return status === 200 ? (body as { readonly items: readonly T[] }).items : undefined;
    } catch {
      return undefined;
    }
  }

  /** As the runtime knows them: true also while the API server is away. */
  #components(): ComponentOverview[] {
    const [controlPlane] = this.#cluster.nodes.values();
    const containers = controlPlane?.containerd.containers() ?? [];
    return COMPONENTS.map((name) => {
      const own = containers.filter(({ config }) => config.name === name);
      if (own.length === 0) return { name, state: 'missing' };
      return { name, state: own.some(({ state }) => state === 'RUNNING') ? 'running' : 'exited' };
    });
  }
}

function nodeOverview({ metadata: { name }, spec, status }: NodeObject, pods: readonly PodObject[]): NodeOverview {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  const own = pods.filter((pod) => pod.spec.nodeName === name && !hasEnded(pod));
  return {
    name,
    state: ready === 'True' ? 'Ready' : ready === 'False' ? 'NotReady' : 'Unknown',
    isCordoned: spec?.unschedulable === true,
    pods: own.length,
    ready: own.filter(isReady).length,
  };
}

function hasEnded({ status }: PodObject): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

function isReady({ status }: PodObject): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}
