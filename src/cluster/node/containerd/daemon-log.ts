import { nanoTimestamp } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';

/** containerd's own log, in logrus' form: `time="…" level=info msg="…" key=value`. */
export class DaemonLog {
  readonly #kernel: Kernel;
  #write: ((line: string) => void) | undefined;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Where lines go from now on: undefined, nowhere. */
  to(write: ((line: string) => void) | undefined): void {
    this.#write = write;
  }

  info(message: string, values: Readonly<Record<string, string>> = {}): void {
    this.#line('info', message, values);
  }

  error(message: string, values: Readonly<Record<string, string>> = {}): void {
    this.#line('error', message, values);
  }

  #line(level: string, message: string, values: Readonly<Record<string, string>>): void {
    if (!this.#write) return;
    const pairs = Object.entries(values).map(([key, value]) => ` ${key}=${quoted(value)}`);
    this.#write(
      `time="${nanoTimestamp(this.#kernel.now, 211)}" level=${level} msg=${quoted(message)}${pairs.join('')}`,
    );
  }
}

/** Bare when it is one plain word (logrus, TextFormatter.needsQuoting). */
function quoted(text: string): string {
  return text !== '' && /^[\w\-./@^+]+$/.test(text) ? text : JSON.stringify(text);
}
