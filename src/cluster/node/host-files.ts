import type { Kernel } from '#kernel/kernel.ts';
import type { ContainerConfig } from '#machine/cri.ts';
import type { ProgramFiles } from '#machine/program.ts';
import type { KubeletFiles } from './kubelet/files.ts';

interface Entry {
  text: string | undefined;
  readonly mode: number;
}

/** The files of a node, by their path: directories have no text. */
export class HostFiles implements KubeletFiles {
  readonly #kernel: Kernel;
  readonly #entries = new Map<string, Entry>([['/', { text: undefined, mode: 0o755 }]]);
  readonly #children = new Map<string, Set<string>>();
  readonly #watches = new Map<string, Set<() => void>>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  read(path: string): string | undefined {
    return this.#entries.get(path)?.text;
  }

  write(path: string, text: string, mode = 0o644): void {
    this.#parent(path);
    const known = this.#entries.get(path);
    if (known && known.text !== undefined) known.text = text;
    else this.#add(path, { text, mode });
    this.#tell(path);
  }

  /** Adds to the end of a file; logs are long. */
  append(path: string, text: string): void {
    const known = this.#entries.get(path);
    if (known?.text === undefined) this.write(path, text);
    else known.text += text;
  }

  makeDirectory(path: string, mode = 0o755): void {
    if (this.#entries.has(path)) return;
    this.#parent(path);
    this.#add(path, { text: undefined, mode });
    this.#tell(path);
  }

  remove(path: string): void {
    if (!this.#entries.has(path)) return;
    for (const name of [...(this.#children.get(path) ?? [])]) this.remove(`${path}/${name}`);
    this.#entries.delete(path);
    this.#children.delete(path);
    const [directory, name] = split(path);
    this.#children.get(directory)?.delete(name);
    this.#tell(path);
  }

  list(path: string): readonly string[] | undefined {
    const entry = this.#entries.get(path);
    if (!entry || entry.text !== undefined) return undefined;
    return [...(this.#children.get(path) ?? [])].sort();
  }

  kind(path: string): 'file' | 'directory' | undefined {
    const entry = this.#entries.get(path);
    if (!entry) return undefined;
    return entry.text === undefined ? 'directory' : 'file';
  }

  watch(path: string, changed: () => void): { close(): void } {
    const watches = this.#watches.get(path) ?? new Set();
    this.#watches.set(path, watches);
    watches.add(changed);
    return { close: () => watches.delete(changed) };
  }

  #parent(path: string): void {
    const [directory] = split(path);
    if (directory !== path) this.makeDirectory(directory);
  }

  #add(path: string, entry: Entry): void {
    this.#entries.set(path, entry);
    const [directory, name] = split(path);
    const children = this.#children.get(directory) ?? new Set();
    this.#children.set(directory, children);
    children.add(name);
  }

  #tell(path: string): void {
    const [directory] = split(path);
    for (const changed of this.#watches.get(directory) ?? []) this.#kernel.soon(changed);
  }
}

function split(path: string): readonly [directory: string, name: string] {
  const slash = path.lastIndexOf('/');
  return [slash <= 0 ? '/' : path.slice(0, slash), path.slice(slash + 1)];
}

/** Files as a container sees them: what is mounted into it, and the rest of its own. */
export class ContainerFiles implements ProgramFiles {
  readonly #host: HostFiles;
  readonly #config: ContainerConfig;
  readonly #own: Map<string, string>;

  /** @param own what the container's image and runtime put there */
  constructor(host: HostFiles, config: ContainerConfig, own: ReadonlyMap<string, string>) {
    this.#host = host;
    this.#config = config;
    this.#own = new Map(own);
  }

  read(path: string): string | undefined {
    const mount = this.#mountOf(path);
    return mount ? this.#host.read(mount.hostPath) : this.#own.get(path);
  }

  write(path: string, text: string): void {
    const mount = this.#mountOf(path);
    if (mount?.isReadOnly) throw new Error(`${path}: Read-only file system`);
    if (mount) this.#host.write(mount.hostPath, text);
    else this.#own.set(path, text);
  }

  /** The innermost mount counts. */
  #mountOf(path: string): { readonly hostPath: string; readonly isReadOnly: boolean } | undefined {
    let best: { readonly length: number; readonly hostPath: string; readonly isReadOnly: boolean } | undefined;
    for (const { containerPath, hostPath, isReadOnly } of this.#config.mounts) {
      const isInside = path === containerPath || path.startsWith(`${containerPath}/`);
      if (!isInside || (best && best.length >= containerPath.length)) continue;
      best = { length: containerPath.length, hostPath: hostPath + path.slice(containerPath.length), isReadOnly };
    }
    return best;
  }
}
