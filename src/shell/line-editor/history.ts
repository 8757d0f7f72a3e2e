import { type FileSystem, FsError, readTextIfThere } from '#machine/file-system.ts';

/** So many lines bash keeps when nobody says otherwise on Debian. */
const MOST = 1_000;

/** The commands that were typed (bash, HISTORY). */
export class History {
  readonly #files: FileSystem;
  readonly #path: string;
  #lines: string[] = [];
  #first = 1;

  /** Reads what was kept; a file that cannot be read is none. */
  constructor(files: FileSystem, path: string) {
    this.#files = files;
    this.#path = path;
    try {
      this.#lines = (readTextIfThere(files, path) ?? '').split('\n').filter((line) => line !== '');
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
    }
    const isLong = this.#lines.length > 2 * MOST;
    this.#trim();
    if (isLong) this.#write(this.#lines);
  }

  /** Oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The number of the oldest line. */
  get first(): number {
    return this.#first;
  }

  /**
   * Remembers a command and writes it down at once: a terminal in a page may be closed at any time.
   *
   * @param control HISTCONTROL: with `ignorespace` commands with a blank in front are not kept, with `ignoredups` none twice in a row
   */
  add(command: string, control: string): void {
    const ways = control.split(':');
    const ignores = (way: string) => ways.includes(way) || ways.includes('ignoreboth');
    if (command.trim() === '' || (ignores('ignorespace') && command.startsWith(' '))) return;
    if (ignores('ignoredups') && this.#lines.at(-1) === command) return;
    this.#lines.push(command);
    this.#trim();
    // Behind what other shells have written meanwhile.
    this.#write([command], true);
  }

  clear(): void {
    this.#lines = [];
    this.#first = 1;
    this.#write([]);
  }

  #trim(): void {
    const over = this.#lines.length - MOST;
    if (over <= 0) return;
    this.#lines.splice(0, over);
    this.#first += over;
  }

  #write(lines: readonly string[], append = false): void {
    if (this.#path === '') return;
    try {
      this.#files.writeText(this.#path, lines.map((line) => `${line}\n`).join(''), { mode: 0o600, append });
    } catch (error) {
      // A home that cannot be written keeps nothing; the shell goes on.
      if (!(error instanceof FsError)) throw error;
    }
  }
}
