import { nanoTimestamp } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';
import type { Pod } from '../../../api/types/pod.ts';
import type { Log } from '../../../client/log.ts';
import type { KubeletFiles } from '../files.ts';
import { SEEN } from '../pods/pod-source.ts';
import { ManifestError, readManifest } from './manifest.ts';

/** How long a file is left to its writer before it is read, and how often all are read anyway (`fileCheckFrequency`); milliseconds. */
const GATHER = 100;
const CHECK_PERIOD = 20_000;

/**
 * Pods of the manifests in a directory (pkg/kubelet/config/file.go). A file that becomes unreadable keeps its Pod until the directory is
 * read as a whole again.
 */
export class StaticPods {
  readonly #kernel: Kernel;
  readonly #files: KubeletFiles;
  readonly #directory: string;
  readonly #nodeName: string;
  readonly #log: Log;
  readonly #changed: (pods: readonly Pod[]) => void;
  /** When a Pod was first seen, by its UID. */
  readonly #seen = new Map<string, string>();
  /** What files said when they were read last, by path. */
  readonly #texts = new Map<string, string>();
  /** By `namespace/name`: of two files with the same Pod, the last counts. */
  #pods = new Map<string, Pod>();
  readonly #keys = new Map<string, string>();
  #watch: { close(): void } | undefined;
  #timer: { cancel(): void } | undefined;
  #isGathering = false;
  #isStopped = false;
  #last: string | undefined;

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
    this.#timer = this.#kernel.every(CHECK_PERIOD, () => this.#readAll());
    this.#readAll();
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
      if (!this.#isStopped) this.#readChanged();
    });
  }

  #readAll(): void {
    if (!this.#files.list(this.#directory)) {
      this.#log.error('file.go:98', 'Unable to read config path', {
        err: 'path does not exist, ignoring',
        path: this.#directory,
      });
    }
    const pods = new Map<string, Pod>();
    this.#texts.clear();
    this.#keys.clear();
    for (const path of this.#paths()) {
      const pod = this.#read(path, (err) =>
        this.#log.error('file.go:186', 'Could not process manifest file', { err, path }),
      );
      if (pod) this.#put(pods, path, pod);
    }
    this.#pods = pods;
    this.#tell();
  }

  /** What files were written since, and which are gone. */
  #readChanged(): void {
    const paths = this.#paths();
    for (const path of [...this.#texts.keys()]) {
      if (paths.includes(path)) continue;
      this.#texts.delete(path);
      const key = this.#keys.get(path);
      this.#keys.delete(path);
      if (key === undefined) continue;
      if (!this.#pods.delete(key))
        this.#log.error('file.go:107', 'Unable to process watch event', {
          err: `the pod with key ${key} doesn't exist in cache`,
        });
    }
    for (const path of paths) {
      if (this.#files.read(path) === this.#texts.get(path)) continue;
      const pod = this.#read(path, (err) =>
        this.#log.error('file.go:107', 'Unable to process watch event', {
          err: `can't process config file ${JSON.stringify(path)}: ${err}`,
        }),
      );
      if (pod) this.#put(this.#pods, path, pod);
    }
    this.#tell();
  }

  /** Files of the directory, sorted; hidden ones are an editor's. */
  #paths(): readonly string[] {
    return (this.#files.list(this.#directory) ?? [])
      .filter((name) => !name.startsWith('.'))
      .map((name) => `${this.#directory}/${name}`)
      .filter((path) => this.#files.kind(path) === 'file');
  }

  #put(pods: Map<string, Pod>, path: string, pod: Pod): void {
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    pods.set(key, pod);
    this.#keys.set(path, key);
  }

  #read(path: string, complain: (why: string) => void): Pod | undefined {
    const text = this.#files.read(path) ?? '';
    this.#texts.set(path, text);
    try {
      const pod = readManifest(path, text, this.#nodeName);
      const { uid, annotations } = pod.metadata;
      const seen = this.#seen.get(uid) ?? nanoTimestamp(this.#kernel.now, this.#kernel.random.int(999_999));
      this.#seen.set(uid, seen);
      return { ...pod, metadata: { ...pod.metadata, annotations: { ...annotations, [SEEN]: seen } } };
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      complain(error.message);
      return undefined;
    }
  }

  #tell(): void {
    const pods = [...this.#pods.values()];
    const state = pods.map(({ metadata }) => metadata.uid).join('\n');
    if (state === this.#last) return;
    this.#last = state;
    this.#changed(pods);
  }
}
