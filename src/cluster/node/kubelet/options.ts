import type { Kernel } from '#kernel/kernel.ts';
import type { CriRuntime } from '#machine/cri.ts';
import type { Sockets } from '#machine/sockets.ts';
import type { Node } from '../../api/types/core.ts';
import type { Client } from '../../client/client.ts';
import type { Log } from '../../client/log.ts';
import type { KubeletFiles } from './files.ts';
import type { MachineFacts } from './node/node-status.ts';

/** What a kubelet needs of its node. */
export interface KubeletOptions {
  readonly kernel: Kernel;
  readonly nodeName: string;
  readonly hostIP: string;
  /** With the node's own credentials; undefined: static Pods alone. */
  readonly client: Client | undefined;
  readonly runtime: CriRuntime;
  readonly files: KubeletFiles;
  readonly sockets: Sockets;
  readonly log: Log;
  /** `staticPodPath` of its configuration. */
  readonly staticPodPath: string;
  readonly facts: MachineFacts;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: NonNullable<Node['spec']['taints']>;
  readonly providerID: string;
  /** It went on with its machine: its start is no news. */
  readonly isResumed?: boolean;
}

/** What a node tells the program of its kubelet, which cannot find it out by itself here. */
export interface KubeletProgramOptions extends Pick<KubeletOptions, 'facts' | 'labels' | 'taints'> {
  readonly hostIP: string;
  /** What answers at containerd's socket. */
  readonly runtime: CriRuntime;
  readonly version: string;
}
