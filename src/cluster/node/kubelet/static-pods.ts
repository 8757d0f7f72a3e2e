import { parse } from 'yaml';
import { nanoTimestamp } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { isObject } from '../../api/json.ts';
import { completePod } from '../../api/kinds/pod/defaults.ts';
import { qosOf } from '../../api/kinds/pod/qos.ts';
import type { ObjectMeta } from '../../api/object.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { Log } from '../../client/log.ts';
import { imageDigest } from '../containerd/ids.ts';
import type { KubeletFiles } from './files.ts';

const HASH = 'kubernetes.io/config.hash';
const SEEN = 'kubernetes.io/config.seen';
const SOURCE = 'kubernetes.io/config.source';
export const MIRROR = 'kubernetes.io/config.mirror';

/** How long a change is gathered before the directory is read, in milliseconds; and how often it is read anyway (`fileCheckFrequency`). */
const GATHER = 100;
const CHECK_PERIOD = 20_000;

/** Pods of the manifests in a directory (pkg/kubelet/config/file.go). A file that cannot be read as a Pod is none; the others stay. */
export class StaticPods {
  readonly #kernel: Kernel;
  readonly #files: KubeletFiles;
  readonly #directory: string;
  readonly #nodeName: string;
  readonly #log: Log;
  readonly #changed: (pods: readonly Pod[]) => void;
  readonly #seen = new Map<string, string>();
  #watch: { close(): void } | undefined;
  #timer: { cancel(): void } | undefined;
  #isGathering = false;
  #isStopped = false;
  #last = '';

  constructor(
    kernel: Kernel,
    files: KubeletFiles,
    directory: string,
    nodeName: string,
    log: Log,
    changed: (pods: readonly Pod[]) => void,
  ) {
    this.#kernel = kernel;
    this.#files = files;
    this.#directory = directory;
    this.#nodeName = nodeName;
    this.#log = log;
    this.#changed = changed;
  }

  start(): void {
    this.#watch = this.#files.watch(this.#directory, () => this.#gather());
    this.#timer = this.#kernel.every(CHECK_PERIOD, () => this.#read());
    this.#read();
  }

  stop(): void {
    this.#isStopped = true;
    this.#watch?.close();
    this.#timer?.cancel();
  }

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#kernel.after(GATHER, () => {
      this.#isGathering = false;
      this.#read();
    });
  }

  #read(): void {
    if (this.#isStopped) return;
    const names = this.#files.list(this.#directory);
    if (!names) {
      this.#log.error('file.go:109', 'Unable to process watch event', { err: `path does not exist, ignoring` });
      this.#tell([]);
      return;
    }
    const pods = new Map<string, Pod>();
    for (const name of names) {
      // Hidden files are an editor's.
      if (name.startsWith('.')) continue;
      const path = `${this.#directory}/${name}`;
      if (this.#files.kind(path) !== 'file') continue;
      const pod = this.#readFile(path);
      if (pod) pods.set(`${pod.metadata.namespace}/${pod.metadata.name}`, pod);
    }
    this.#tell([...pods.values()]);
  }

  #tell(pods: readonly Pod[]): void {
    const state = pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name} ${metadata.uid}`).join('\n');
    if (state === this.#last) return;
    this.#last = state;
    this.#changed(pods);
  }

  #readFile(path: string): Pod | undefined {
    const text = this.#files.read(path);
    if (text === undefined) return undefined;
    try {
      const manifest: unknown = parse(text);
      if (!isObject(manifest) || manifest['kind'] !== 'Pod') {
        const why = isObject(manifest)
          ? `Object 'Kind' is missing or no Pod`
          : `couldn't get version/kind; json parse error`;
        throw new Error(`couldn't parse as pod(${why}), please check config file`);
      }
      return this.#complete(manifest as unknown as Pod, path, text);
    } catch (error) {
      const message = (error as Error).message.split('\n')[0] ?? '';
      const err = message.startsWith("couldn't")
        ? message
        : `couldn't parse as pod(yaml: ${message}), please check config file`;
      this.#log.error('file.go:182', 'Could not process manifest file', { path, err: `${path}: ${err}` });
      return undefined;
    }
  }

  /** pkg/kubelet/config/common.applyDefaults: the Pod's name ends in the node's, its UID is a hash of what it says. */
  #complete(manifest: Pod, path: string, text: string): Pod {
    const hash = imageDigest(`${this.#nodeName} ${path} ${text}`).slice(7, 39);
    const seen = this.#seen.get(hash) ?? nanoTimestamp(this.#kernel.now, this.#kernel.random.int(999_999));
    this.#seen.set(hash, seen);
    const sent: Partial<ObjectMeta> = manifest.metadata ?? {};
    const metadata: ObjectMeta = {
      ...sent,
      name: `${sent.name}-${this.#nodeName.toLowerCase()}`,
      namespace: sent.namespace || 'default',
      uid: hash,
      resourceVersion: '',
      creationTimestamp: '',
      generation: 1,
      annotations: { ...sent.annotations, [HASH]: hash, [SEEN]: seen, [SOURCE]: 'file' },
    };
    const spec = {
      ...manifest.spec,
      nodeName: this.#nodeName,
      tolerations: [...(manifest.spec.tolerations ?? []), { operator: 'Exists', effect: 'NoExecute' }],
    };
    const pod = completePod({ apiVersion: 'v1', kind: 'Pod', metadata, spec, status: {} });
    return { ...pod, status: { phase: 'Pending', qosClass: qosOf(pod.spec) } };
  }
}

/** What the API server shows of a static Pod (pkg/kubelet/pod/mirror_client.go). */
export function mirrorOf(
  pod: Pod,
  node: { readonly name: string; readonly uid: string },
): Omit<Pod, 'metadata' | 'status'> & { metadata: Partial<ObjectMeta> } {
  const { name, namespace, labels, annotations } = pod.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels }),
      annotations: { ...annotations, [MIRROR]: annotations?.[HASH] ?? '' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid, controller: true }],
    },
    spec: pod.spec,
  };
}

export function isStatic({ metadata }: Pod): boolean {
  return metadata.annotations?.[SOURCE] === 'file';
}

export function isMirror({ metadata }: Pod): boolean {
  return metadata.annotations?.[MIRROR] !== undefined;
}
