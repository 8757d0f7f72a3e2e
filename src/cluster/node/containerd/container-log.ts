import { nanoTimestamp } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';

/** The log file of a container, in the format of CRI: `TIME stdout F LINE` (containerd, internal/cri/io/logger.go). */
export class ContainerLog {
  readonly #kernel: Kernel;
  readonly #append: (text: string) => void;
  #rest = { stdout: '', stderr: '' };
  #order = 0;
  #lastTime = 0;

  constructor(kernel: Kernel, append: (text: string) => void) {
    this.#kernel = kernel;
    this.#append = append;
  }

  write(stream: 'stdout' | 'stderr', text: string): void {
    const lines = (this.#rest[stream] + text).split('\n');
    this.#rest[stream] = lines.pop() ?? '';
    for (const line of lines) this.#append(`${this.#time()} ${stream} F ${line}\n`);
  }

  /** The container ended: what has no newline yet is a line too. */
  close(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#rest[stream] !== '') this.write(stream, '\n');
    }
  }

  /** Lines of one moment follow each other by some microseconds, as on a machine. */
  #time(): string {
    const { now } = this.#kernel;
    this.#order = now === this.#lastTime ? this.#order + 1 : 0;
    this.#lastTime = now;
    return nanoTimestamp(now, Math.min(999_999, this.#order * 1_357 + 211));
  }
}
