import type { Kernel } from '#kernel/kernel.ts';
import type { CriRuntime } from '#machine/cri.ts';
import type { Sockets } from '#machine/sockets.ts';
import type { Service } from '../../api/types/core.ts';
import type { Container, Pod } from '../../api/types/pod.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Log } from '../../client/log.ts';
import type { Backoff } from './backoff.ts';
import type { KubeletFiles } from './files.ts';
import type { ImagePuller } from './image-puller.ts';
import type { Prober } from './prober.ts';
import type { StatusManager } from './status-manager.ts';

/** What the parts of a kubelet share. */
export interface KubeletContext {
  readonly kernel: Kernel;
  readonly nodeName: string;
  readonly hostIP: string;
  /** Undefined for a kubelet that serves static Pods alone. */
  readonly client: Client | undefined;
  readonly runtime: CriRuntime;
  readonly files: KubeletFiles;
  readonly sockets: Sockets;
  readonly recorder: EventRecorder;
  readonly log: Log;
  readonly images: ImagePuller;
  readonly prober: Prober;
  readonly statuses: StatusManager;
  readonly crashBackoff: Backoff;
  services(): readonly Service[];
  allocatable(): Readonly<Record<string, string>>;
  /** Whether a container's startup probe, if it has one, has passed. */
  isStarted(container: Container, containerId: string): boolean;
  /** The probe by which a container must be restarted: `liveness`, `startup`. */
  failedProbe(container: Container, containerId: string): 'liveness' | 'startup' | undefined;
  /** Nothing of the Pod runs any longer. */
  onTerminated(pod: Pod): void;
}
