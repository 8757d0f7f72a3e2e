import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { Pod } from '../../api/types/pod.ts';
import { prefixOf } from '../../store/key-value.ts';
import { prefixKey } from '../registry/keys.ts';
import type { Registry } from '../registry/registry.ts';
import { objectOf } from '../registry/stored-object.ts';

/** Which Pods are on which node, kept up to date by a watch (the graph of plugin/pkg/auth/authorizer/node). */
export class PodsOfNodes {
  readonly #registry: Registry;
  readonly #byNode = new Map<string, Map<string, Pod>>();
  /** By the key of the Pod. */
  readonly #nodeOf = new Map<string, string>();

  constructor(registry: Registry) {
    this.#registry = registry;
    for (const kv of registry.store.range(prefixOf(prefixKey(podKind, undefined))).kvs)
      this.#set(kv.key, objectOf(kv) as Pod);
    registry.store.watch(prefixOf(prefixKey(podKind, undefined)), ({ events }) => {
      for (const { type, kv } of events) {
        if (type === 'PUT') this.#set(kv.key, objectOf(kv) as Pod);
        else this.#remove(kv.key);
      }
    });
  }

  /** Whether a Pod on the node, in the namespace if one is given, is as asked. */
  some(node: string, namespace: string | undefined, fits: (pod: Pod) => boolean): boolean {
    const isMeant = (pod: Pod) => (namespace === undefined || pod.metadata.namespace === namespace) && fits(pod);
    for (const pod of this.#byNode.get(node)?.values() ?? []) if (isMeant(pod)) return true;
    // The watch tells of a Pod a little later than it is there.
    const pods = this.#registry.all(podKind, namespace) as readonly Pod[];
    return pods.some((pod) => pod.spec.nodeName === node && isMeant(pod));
  }

  #set(key: string, pod: Pod): void {
    const node = pod.spec.nodeName ?? '';
    if (this.#nodeOf.get(key) !== node) this.#remove(key);
    this.#nodeOf.set(key, node);
    const pods = this.#byNode.get(node) ?? new Map<string, Pod>();
    this.#byNode.set(node, pods);
    pods.set(key, pod);
  }

  #remove(key: string): void {
    this.#byNode.get(this.#nodeOf.get(key) ?? '')?.delete(key);
    this.#nodeOf.delete(key);
  }
}
