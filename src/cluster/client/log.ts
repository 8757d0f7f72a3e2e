import { klogTime } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';

export type Severity = 'I' | 'W' | 'E' | 'F';

/** A component's log in klog's form: `I1123 06:00:00.000000       1 file.go:12] "Message" key="value"`. */
export class Log {
  readonly #kernel: Kernel;
  readonly #write: (line: string) => void;
  /** `-v` of the component: what is more verbose is not written. */
  readonly verbosity: number;

  readonly #pid: number;

  constructor(kernel: Kernel, write: (line: string) => void, verbosity = 0, pid = 1) {
    this.#kernel = kernel;
    this.#write = write;
    this.verbosity = verbosity;
    this.#pid = pid;
  }

  /** @param where file and line of the real component's source, as `schedule_one.go:314` */
  info(where: string, message: string, values: LogValues = {}): void {
    this.#line('I', where, message, values);
  }

  /** Written from a verbosity on. */
  verbose(level: number, where: string, message: string, values: LogValues = {}): void {
    if (level <= this.verbosity) this.#line('I', where, message, values);
  }

  warning(where: string, message: string, values: LogValues = {}): void {
    this.#line('W', where, message, values);
  }

  error(where: string, message: string, values: LogValues = {}): void {
    this.#line('E', where, message, values);
  }

  /** A line without structure, as older code writes it. */
  plain(severity: Severity, where: string, text: string): void {
    this.#write(`${this.#head(severity, where)} ${text}`);
  }

  #line(severity: Severity, where: string, message: string, values: LogValues): void {
    const pairs = Object.entries(values).map(([key, value]) => ` ${key}=${written(value)}`);
    this.#write(`${this.#head(severity, where)} ${JSON.stringify(message)}${pairs.join('')}`);
  }

  #head(severity: Severity, where: string): string {
    return `${severity}${klogTime(this.#kernel.now)} ${String(this.#pid).padStart(7)} ${where}]`;
  }
}

/** Lines stand below each other, a tab in; Go quotes control characters as bytes. */
function written(value: LogValues[string]): string {
  if (typeof value === 'object') return JSON.stringify(value);
  if (typeof value !== 'string') return `${value}`;
  if (value.includes('\n')) return `<\n\t${value.replace(/\n$/, '').replaceAll('\n', '\n\t')}\n >`;
  return JSON.stringify(value).replace(/(?<!\\)\\u00(?<byte>[0-9a-f]{2})/g, '\\x$<byte>');
}

/** Values that go with a message; numbers and booleans are written bare, objects as JSON. */
export type LogValues = Readonly<Record<string, string | number | boolean | Readonly<Record<string, unknown>>>>;
