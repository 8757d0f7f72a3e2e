import { nanoTimestamp } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';
import type { FileSystem, OpenFile } from '#machine/file-system.ts';
import { utf8Encode } from '#machine/utf8.ts';

/** The log file of a container, in the format of CRI: `TIME stdout F LINE` (containerd, internal/cri/io/logger.go). */
export class ContainerLog {
  readonly #kernel: Kernel;
  readonly #files: FileSystem;
  readonly #path: string;
  #file: OpenFile | undefined;
  #rest = { stdout: '', stderr: '' };
  #order = 0;
  #lastTime = 0;

  constructor(kernel: Kernel, files: FileSystem, path: string) {
    this.#kernel = kernel;
    this.#files = files;
    this.#path = path;
  }

  /** The file is there from the start on. */
  open(): void {
    const directory = this.#path.slice(0, this.#path.lastIndexOf('/'));
    if (!this.#files.exists(directory)) this.#files.mkdir(directory, { recursive: true });
    this.#file = this.#files.open(this.#path, { access: 'write', create: true, append: true, mode: 0o640 });
  }

  write(stream: 'stdout' | 'stderr', text: string): void {
    const lines = (this.#rest[stream] + text).split('\n');
    this.#rest[stream] = lines.pop() ?? '';
    if (lines.length === 0) return;
    const entries = lines.map((line) => `${this.#time()} ${stream} F ${line}\n`);
    this.#file?.write(utf8Encode(entries.join('')));
  }

  /** The container ended: what has no newline yet is a line too. */
  close(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#rest[stream] !== '') this.write(stream, '\n');
    }
    this.#file?.close();
    this.#file = undefined;
  }

  /** Lines of one moment follow each other by some microseconds, as on a machine. */
  #time(): string {
    const { now } = this.#kernel;
    this.#order = now === this.#lastTime ? this.#order + 1 : 0;
    this.#lastTime = now;
    return nanoTimestamp(now, Math.min(999_999, this.#order * 1_357 + 211));
  }
}
