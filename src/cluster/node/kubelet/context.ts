import type { Kernel } from '#kernel/kernel.ts';
import type { Random } from '#kernel/random.ts';
import type { CriRuntime, DnsConfig } from '#machine/cri.ts';
import type { Sockets } from '#machine/sockets.ts';
import type { Service } from '../../api/types/core.ts';
import type { Pod, ResourceList } from '../../api/types/pod.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Log } from '../../client/log.ts';
import type { Backoff } from './containers/backoff.ts';
import type { ImagePuller } from './containers/image-puller.ts';
import type { KubeletFiles } from './files.ts';
import type { Prober } from './probes/prober.ts';
import type { Pleg } from './runtime/pleg.ts';
import type { RuntimeState } from './runtime/runtime-state.ts';
import type { StatusManager } from './status/status-manager.ts';
import type { ObjectCache } from './volumes/object-cache.ts';
import type { ServiceAccountTokens } from './volumes/service-account-tokens.ts';

/** What the parts of a kubelet share. */
export interface KubeletContext {
  readonly kernel: Kernel;
  readonly random: Random;
  /** When the kubelet began. */
  readonly startedAt: number;
  readonly nodeName: string;
  readonly hostIP: string;
  /** Undefined for a kubelet that serves static Pods alone. */
  readonly client: Client | undefined;
  readonly runtime: CriRuntime;
  readonly runtimeState: RuntimeState;
  readonly files: KubeletFiles;
  readonly sockets: Sockets;
  readonly recorder: EventRecorder;
  readonly log: Log;
  readonly images: ImagePuller;
  readonly objects: ObjectCache;
  readonly tokens: ServiceAccountTokens;
  readonly probes: Prober;
  readonly pleg: Pleg;
  readonly statuses: StatusManager;
  readonly crashBackoff: Backoff;
  /** The Pod as the API server has it: of a static Pod its mirror. */
  apiPod(pod: Pod): Pod | undefined;
  /** Undefined before they were listed for the first time. */
  services(): readonly Service[] | undefined;
  allocatable(): ResourceList;
  dnsOf(pod: Pod): DnsConfig;
}
