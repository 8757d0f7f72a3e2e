import type { Routine } from '#kernel/coroutine.ts';
import type { Duplex } from './http.ts';

/** The part of the Container Runtime Interface that is simulated (k8s.io/cri-api, runtime/v1). Times are in milliseconds since the epoch. */

/** An error of the runtime; `code` is gRPC's. The message is what stands behind `rpc error: code = X desc = `. */
export class CriError extends Error {
  override readonly name = 'CriError';
  readonly code: 'NotFound' | 'Unknown' | 'Unavailable' | 'InvalidArgument' | 'DeadlineExceeded';

  constructor(code: CriError['code'], message: string) {
    super(message);
    this.code = code;
  }

  /** As clients of gRPC print it. */
  get rpcMessage(): string {
    return `rpc error: code = ${this.code} desc = ${this.message}`;
  }
}

/** What a sandbox's /etc/resolv.conf is made of. */
export interface DnsConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  /** `ndots:5` */
  readonly options: readonly string[];
}

export interface PodSandboxConfig {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly attempt: number;
  readonly hostname: string;
  readonly logDirectory: string;
  readonly hostNetwork: boolean;
  readonly dns: DnsConfig;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface PodSandbox {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly config: PodSandboxConfig;
  readonly state: 'READY' | 'NOTREADY';
  readonly createdAt: number;
  /** Missing on the host's network. */
  readonly ip?: string;
  readonly pid: number;
}

export interface Mount {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly isReadOnly: boolean;
}

export interface ContainerConfig {
  readonly name: string;
  readonly attempt: number;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDirectory: string;
  readonly env: readonly (readonly [name: string, value: string])[];
  readonly mounts: readonly Mount[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Relative to the sandbox's log directory. */
  readonly logPath: string;
  readonly stdin: boolean;
  readonly stdinOnce: boolean;
  readonly tty: boolean;
}

export interface ContainerStatus {
  readonly id: string;
  readonly sandboxId: string;
  readonly config: ContainerConfig;
  readonly state: 'CREATED' | 'RUNNING' | 'EXITED';
  readonly createdAt: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly exitCode: number;
  /** `Completed`, `Error`, `StartError`. */
  readonly reason: string;
  readonly message: string;
  /** `docker.io/library/nginx:latest` */
  readonly image: string;
  readonly imageRef: string;
  readonly logFile: string;
  readonly pid: number;
}

export interface Image {
  /** `sha256:…` */
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  /** Bytes. */
  readonly size: number;
  readonly isPinned: boolean;
}

export interface RuntimeStatus {
  readonly runtimeReady: boolean;
  readonly networkReady: boolean;
  readonly networkReason: string;
  readonly networkMessage: string;
}

/** Something happened to a container or a sandbox. */
export interface ContainerEvent {
  readonly type: 'CREATED' | 'STARTED' | 'STOPPED' | 'DELETED';
  readonly sandboxId: string;
  readonly podUid: string;
  readonly containerId: string;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** What a kubelet and crictl ask of the runtime behind its socket. All of it throws CriError. */
export interface CriRuntime {
  version(): { readonly runtimeName: string; readonly runtimeVersion: string };
  status(): RuntimeStatus;
  runPodSandbox(config: PodSandboxConfig): Routine<string>;
  stopPodSandbox(id: string): Routine<void>;
  removePodSandbox(id: string): Routine<void>;
  podSandboxes(): readonly PodSandbox[];
  createContainer(sandboxId: string, config: ContainerConfig): Routine<string>;
  startContainer(id: string): Routine<void>;
  /** @param timeout seconds between TERM and KILL */
  stopContainer(id: string, timeout: number): Routine<void>;
  removeContainer(id: string): Routine<void>;
  containers(): readonly ContainerStatus[];
  /** What there is of a Pod, newest first (ListPodSandbox and ListContainers by its UID). */
  ofPod(uid: string): { readonly sandboxes: readonly PodSandbox[]; readonly containers: readonly ContainerStatus[] };
  container(id: string): ContainerStatus;
  execSync(id: string, command: readonly string[], timeout: number): Routine<ExecResult>;
  exec(id: string, command: readonly string[], options: ExecOptions): Duplex;
  attach(id: string, options: ExecOptions): Duplex;
  pullImage(reference: string): Routine<string>;
  images(): readonly Image[];
  imageStatus(reference: string): Image | undefined;
  removeImage(reference: string): void;
  /** Tells of everything from now on, until the returned function is called. */
  subscribe(listener: (event: ContainerEvent) => void): () => void;
}
