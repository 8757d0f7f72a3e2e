import { service as serviceKind } from '../../api/kinds/core/service.ts';
import type { Service } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import { EventRecorder } from '../../client/event-recorder.ts';
import { Informer } from '../../client/informer.ts';
import { Backoff } from './containers/backoff.ts';
import { dnsConfigOf } from './containers/dns.ts';
import { ImagePuller } from './containers/image-puller.ts';
import type { KubeletContext } from './context.ts';
import type { KubeletOptions } from './options.ts';
import { Prober } from './probes/prober.ts';
import { Pleg } from './runtime/pleg.ts';
import { RuntimeState } from './runtime/runtime-state.ts';
import { StatusManager } from './status/status-manager.ts';
import { ObjectCache } from './volumes/object-cache.ts';
import { ServiceAccountTokens } from './volumes/service-account-tokens.ts';

/** MaxContainerBackOff and the first, in milliseconds. */
const FIRST_CRASH_BACKOFF = 10_000;
const LONGEST_CRASH_BACKOFF = 300_000;
/** `clusterDNS` of the kubelet's configuration. */
const CLUSTER_DNS = ['10.96.0.10'];

/** Who is told by the parts. */
interface Listeners {
  /** A Pod is to be synced. */
  wake(podUid: string): void;
  /** The runtime has news of a Pod. */
  changed(podUid: string): void;
  /** The Pod whose status the API server has. */
  apiPod(pod: Pod): Pod | undefined;
}

/** The managers that a kubelet is made of, and what its Pods' workers get of them (pkg/kubelet/kubelet.NewMainKubelet). */
export class KubeletParts {
  readonly context: KubeletContext;
  readonly #services: Informer<Service> | undefined;

  constructor(options: KubeletOptions, listeners: Listeners) {
    const { kernel, client, runtime, files, sockets, log, nodeName, facts } = options;
    const recorder = new EventRecorder(kernel, client, { component: 'kubelet', host: nodeName });
    const statuses = new StatusManager(kernel, client, log, (pod) => listeners.apiPod(pod));
    const probes = new Prober({
      kernel,
      runtime,
      sockets,
      recorder,
      log,
      status: (uid) => statuses.get(uid),
      changed: (uid) => listeners.wake(uid),
    });
    this.#services = client && new Informer(kernel, client, serviceKind);
    const services = this.#services;
    this.context = {
      kernel,
      random: kernel.random,
      startedAt: kernel.now,
      nodeName,
      hostIP: options.hostIP,
      client,
      runtime,
      runtimeState: new RuntimeState(kernel, runtime, log),
      files,
      sockets,
      recorder,
      log,
      images: new ImagePuller(kernel, runtime, recorder, log),
      objects: new ObjectCache(client),
      tokens: new ServiceAccountTokens(kernel, client),
      probes,
      pleg: new Pleg(kernel, runtime, (uid) => listeners.changed(uid)),
      statuses,
      crashBackoff: new Backoff(kernel, FIRST_CRASH_BACKOFF, LONGEST_CRASH_BACKOFF),
      apiPod: (pod) => listeners.apiPod(pod),
      services: () => (services?.hasSynced ? [...services.all()] : services && undefined),
      allocatable: () => facts.capacity,
      dnsOf: (pod) => dnsConfigOf(pod, files.read('/etc/resolv.conf') ?? '', CLUSTER_DNS),
    };
  }

  start(): void {
    this.context.runtimeState.start();
    this.context.pleg.start();
    this.#services?.start();
  }

  stop(): void {
    const { runtimeState, pleg, probes, statuses, recorder } = this.context;
    runtimeState.stop();
    pleg.stop();
    this.#services?.stop();
    probes.stopAll();
    statuses.stop();
    recorder.stop();
  }
}
