import type { Kernel } from '#kernel/kernel.ts';
import { type KubeObject, keyOf } from '../../api/object.ts';
import { SECOND } from '../../api/time.ts';

/** An object that was deleted before the informer ever saw it must not stop a controller for good. */
const TIMEOUT = 30 * SECOND;

interface Write {
  readonly owner: string;
  readonly version: number;
  readonly at: number;
}

/**
 * What a controller wrote for which owner, until its informer shows it: a controller reads its own writes before it acts again
 * (pkg/controller/util/consistency.ConsistencyStore).
 */
export class Written {
  readonly #kernel: Kernel;
  /** By the object that was written. */
  readonly #writes = new Map<string, Write>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** @param owner the key of whom it was written for */
  wrote(owner: string, object: KubeObject): void {
    this.#writes.set(keyOf(object), { owner, version: versionOf(object), at: this.#kernel.now });
  }

  /** To be told of everything that the informer shows, also of deletions. */
  seen(object: KubeObject): void {
    const key = keyOf(object);
    const write = this.#writes.get(key);
    if (write && versionOf(object) >= write.version) this.#writes.delete(key);
  }

  /** Whether the informer shows all that was written for an owner. */
  isSeen(owner: string): boolean {
    for (const [key, write] of this.#writes) {
      if (this.#kernel.now - write.at > TIMEOUT) this.#writes.delete(key);
      else if (write.owner === owner) return false;
    }
    return true;
  }
}

/** Components that are part of Kubernetes may compare resourceVersions as numbers. */
function versionOf({ metadata }: KubeObject): number {
  return Number(metadata.resourceVersion);
}
