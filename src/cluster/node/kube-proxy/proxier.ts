import type { Kernel, Timer } from '#kernel/kernel.ts';
import type { Netfilter, Rule } from '#machine/netfilter.ts';
import { service as serviceKind } from '../../api/kinds/core/service.ts';
import { endpointSlice as sliceKind } from '../../api/kinds/other/endpoint-slice.ts';
import type { Service } from '../../api/types/core.ts';
import type { EndpointSlice } from '../../api/types/policy.ts';
import type { Client } from '../../client/client.ts';
import { Informer } from '../../client/informer.ts';
import { makeBaseChains, TO_NODE_PORTS } from './base-chains.ts';
import { servicePorts } from './service-ports.ts';
import { type ServiceRules, serviceRules } from './service-rules.ts';

export interface ProxierOptions {
  readonly kernel: Kernel;
  readonly client: Client;
  readonly netfilter: Netfilter;
  readonly nodeName: string;
  readonly clusterCidr: string;
  /** Milliseconds from one sync to the next (`iptables.minSyncPeriod`). */
  readonly minSyncPeriod: number;
  readonly onError: (error: unknown) => void;
  /** The first rules are about to be written. */
  readonly onSynced?: () => void;
}

/** Chains of nat that are a Service's own. */
const OWN = /^KUBE-(?:SVC|SVL|EXT|SEP)-/;

/**
 * Writes the rules of Services and of what is behind them (pkg/proxy/iptables). Its rules stay when it ends: traffic goes on, and nothing
 * new is learned.
 */
export class Proxier {
  readonly #options: ProxierOptions;
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;
  /** What each Service came to, until it or its slices change. */
  readonly #known = new Map<string, readonly ServiceRules[]>();
  #timer: Timer | undefined;
  #syncedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ProxierOptions) {
    this.#options = options;
    const { kernel, client, onError } = options;
    this.#services = new Informer(kernel, client, serviceKind, {}, onError);
    this.#slices = new Informer(kernel, client, sliceKind, {}, onError);
    this.#slices.index('service', (slice) => [serviceOf(slice)]);
    const changed = ({ metadata }: Service) => this.#changed(`${metadata.namespace}/${metadata.name}`);
    this.#services.handle({ added: changed, updated: changed, deleted: changed });
    const sliceChanged = (slice: EndpointSlice) => this.#changed(serviceOf(slice));
    this.#slices.handle({ added: sliceChanged, updated: sliceChanged, deleted: sliceChanged });
  }

  /** Whether it has written the rules once. */
  get hasSynced(): boolean {
    return this.#syncedAt > Number.NEGATIVE_INFINITY;
  }

  start(): void {
    this.#services.start();
    this.#slices.start();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#services.stop();
    this.#slices.stop();
  }

  #changed(service: string): void {
    this.#known.delete(service);
    if (this.#timer?.isPending) return;
    const { kernel, minSyncPeriod } = this.#options;
    this.#timer = kernel.after(Math.max(0, this.#syncedAt + minSyncPeriod - kernel.now), () => this.#sync());
  }

  #sync(): void {
    const { kernel, netfilter } = this.#options;
    // A half-known cluster would cut off what works.
    if (!this.#services.hasSynced || !this.#slices.hasSynced) {
      this.#timer = kernel.after(100, () => this.#sync());
      return;
    }
    if (!this.hasSynced) this.#options.onSynced?.();
    this.#syncedAt = kernel.now;
    makeBaseChains(netfilter);
    const all = [...this.#services.all()]
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
      .flatMap((service) => this.#rulesOf(service));
    const together = (of: (rules: ServiceRules) => readonly Rule[]) => all.flatMap(of);
    netfilter.setChain('nat', 'KUBE-SERVICES', [...together(({ services }) => services), TO_NODE_PORTS]);
    netfilter.setChain(
      'nat',
      'KUBE-NODEPORTS',
      together(({ nodePorts }) => nodePorts),
    );
    netfilter.setChain(
      'filter',
      'KUBE-SERVICES',
      together(({ refused }) => refused),
    );
    netfilter.setChain(
      'filter',
      'KUBE-EXTERNAL-SERVICES',
      together(({ refusedExternally }) => refusedExternally),
    );
    this.#setOwnChains(all);
  }

  #setOwnChains(all: readonly ServiceRules[]): void {
    const { netfilter } = this.#options;
    const wanted = new Set<string>();
    for (const { chains } of all) {
      for (const [name, rules] of chains) {
        wanted.add(name);
        if (netfilter.chain('nat', name)?.rules !== rules) netfilter.setChain('nat', name, rules);
      }
    }
    for (const { name } of netfilter.chains('nat')) {
      if (OWN.test(name) && !wanted.has(name)) netfilter.deleteChain('nat', name);
    }
  }

  #rulesOf(service: Service): readonly ServiceRules[] {
    const key = keyOf(service);
    const known = this.#known.get(key);
    if (known) return known;
    const { nodeName, clusterCidr } = this.#options;
    const ports = servicePorts(service, this.#slices.indexed('service', key), nodeName);
    const rules = ports.map((port) => serviceRules(port, clusterCidr));
    this.#known.set(key, rules);
    return rules;
  }
}

function keyOf({ metadata }: Service): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function serviceOf({ metadata }: EndpointSlice): string {
  return `${metadata.namespace}/${metadata.labels?.['kubernetes.io/service-name']}`;
}
