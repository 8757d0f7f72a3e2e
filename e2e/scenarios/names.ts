import type { ApiObject, Version } from './versions.ts';

const KINDS: Readonly<Record<string, string>> = {
  pods: 'pod',
  replicasets: 'replicaset',
  deployments: 'deployment',
  jobs: 'job',
  nodes: 'node',
  endpointslices: 'endpointslice',
  poddisruptionbudgets: 'poddisruptionbudget',
};

/**
 * Names as they are compared: a Deployment's ReplicaSets are `web-A`, `web-B`, … in the order in which they came; what an API server or
 * a controller made up at random is `*`.
 */
export class Names {
  readonly #names = new Map<string, string>();
  readonly #sets = new Map<string, number>();
  readonly #namespace: string;

  /** @param namespace the scenario's, which texts speak of as NAMESPACE */
  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** Learns of an object; those that came first must be told first. */
  meet({ resource, object }: Version): void {
    const { name, generateName } = object.metadata;
    if (this.#names.has(name)) return;
    if (resource === 'replicasets') {
      const owner = object.metadata.ownerReferences?.[0]?.name;
      if (owner === undefined || !name.startsWith(`${owner}-`)) return;
      const index = this.#sets.get(owner) ?? 0;
      this.#sets.set(owner, index + 1);
      this.#names.set(name, `${owner}-${String.fromCharCode(65 + index)}`);
    } else if (generateName !== undefined && name.startsWith(generateName)) {
      const prefix = generateName.slice(0, -1);
      this.#names.set(name, `${this.#names.get(prefix) ?? prefix}-*`);
    }
  }

  /** `pod web-A-*` */
  classOf(resource: string, name: string): string {
    return `${KINDS[resource] ?? resource.toLowerCase()} ${this.#names.get(name) ?? name}`;
  }

  /** A text without what differs from run to run: names, addresses, durations, ids. */
  plain(text: string): string {
    let plain = text;
    // Pods before the ReplicaSets that their names begin with.
    for (const [name, shown] of [...this.#names].sort(([a], [b]) => b.length - a.length)) {
      plain = plain.replaceAll(name, shown);
    }
    return (
      plain
        .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, '*')
        // A static Pod's UID is the hash of its manifest.
        .replaceAll(/(?<=\()[\da-f]{32}(?=\))/g, '*')
        .replaceAll(this.#namespace, 'NAMESPACE')
        .replaceAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, 'ADDRESS')
        .replaceAll(/(?<=Successfully assigned \S+ to )\S+/g, 'NODE')
        .replaceAll(/(?<=Successfully pulled image \S+ in ).*/g, '*')
        .replaceAll(/(?<=sha256:|containerd:\/\/)[\da-f]+/g, '*')
        .replaceAll(/(?<=restarting failed container=\S+ pod=\S+)\(\*\)/g, '')
    );
  }
}

/** Whom an event is about. */
export interface EventObject extends ApiObject {
  readonly involvedObject: { readonly kind: string; readonly name: string };
  readonly reason?: string;
  readonly message?: string;
  readonly type?: string;
  readonly count?: number;
  readonly series?: { readonly count: number };
  readonly source?: { readonly component?: string };
  readonly reportingComponent?: string;
}
