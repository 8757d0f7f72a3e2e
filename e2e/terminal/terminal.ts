import { randomBytes } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { type IPty, spawn } from '@lydell/node-pty';

/** A program that leads to a shell: bash itself, `docker exec -it … bash`, `ssh -tt node`. */
export interface ShellProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** What a command left behind. */
export interface CommandEnd {
  /** Raw, as the terminal got it; at most OUTPUT_LIMIT characters. */
  readonly output: string;
  /** Characters that were printed beyond the limit. */
  readonly dropped: number;
  readonly status: number;
}

/** The command did not end in time; the terminal may be busy still. */
export class CommandTimeout extends Error {
  override readonly name = 'CommandTimeout';
  /** What was printed so far. */
  readonly output: string;

  constructor(output: string, milliseconds: number) {
    super(`the command did not end within ${milliseconds / 1000} s`);
    this.output = output;
  }
}

/** The shell ended: by `exit`, because its place is gone, or because it was killed. */
export class TerminalClosed extends Error {
  override readonly name = 'TerminalClosed';
}

/** More is read, so that the program goes on, and counted, but not kept: nobody compares a megabyte. */
const OUTPUT_LIMIT = 1_000_000;
/** What a terminal in canonical mode takes as one line (N_TTY_BUF_SIZE of Linux). */
const LINE_LIMIT = 4095;
const COLUMNS = 200;
const ROWS = 50;
const OPEN_LIMIT = 20_000;
const RECORD_START = '\u001e';
const RECORD_END = '\u001f';
const INTERRUPT = '\u0003';
const INTERRUPT_GAP = 500;

/**
 * One bash on a pseudo-terminal of 200 columns. What is written to it is what a person would paste; the end of a command is the next
 * prompt, which carries a secret of this terminal, a number and the exit status, so that no output is taken for it.
 */
export class Terminal {
  readonly #pty: IPty;
  readonly #secret = randomBytes(8).toString('hex');
  readonly #decoder = new StringDecoder('utf8');
  #prompts = 0;
  #unread = '';
  #kept = '';
  #dropped = 0;
  #closed: TerminalClosed | undefined;
  #end: { readonly output: string; readonly dropped: number; readonly status: number } | undefined;
  readonly #waiting = new Set<() => void>();
  /** Process id of the bash, where it runs; set when the terminal is open. */
  shellPid = 0;

  private constructor(program: ShellProgram) {
    this.#pty = spawn(program.file, [...program.args], {
      name: 'dumb',
      cols: COLUMNS,
      rows: ROWS,
      encoding: null,
      env: { ...program.env },
      ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
    });
    // Without an encoding node-pty hands over bytes, whatever its types say; a character may be cut between two reads.
    this.#pty.onData((data) => this.#take(this.#decoder.write(data as unknown as Buffer)));
    this.#pty.onExit(({ exitCode }) => {
      this.#closed ??= new TerminalClosed(`the shell ended (status ${exitCode})`);
      this.#wake();
    });
  }

  /**
   * Opens a shell and makes it quiet: no echo, no prompt but the mark of a command's end, no pagers, no history file.
   *
   * @param session exported as CLUSTERBOOK_SESSION, by which every process of the session is found
   * @throws TerminalClosed when the program ends at once, with what it said
   */
  static async open(program: ShellProgram, session: string): Promise<Terminal> {
    const terminal = new Terminal(program);
    const mark = `printf '\\036%s %s %s\\037' ${terminal.#secret} "$((++CLUSTERBOOK_PROMPTS))" "$CLUSTERBOOK_STATUS"`;
    // The first shell may be somebody's login shell, with a prompt, a history and an editor for lines: ours takes its place.
    const setup = [
      `unset HISTFILE; exec env CLUSTERBOOK_SESSION=${session} TERM=dumb LANG=C.UTF-8 LC_ALL=C.UTF-8 PAGER=cat SYSTEMD_PAGER=cat GIT_PAGER=cat bash --noprofile --norc --noediting -i`,
      `stty -echo -echoctl cols ${COLUMNS} rows ${ROWS}; unset HISTFILE; PS1=; PS2=; CLUSTERBOOK_PROMPTS=0; PROMPT_COMMAND='CLUSTERBOOK_STATUS=$?; ${mark.replaceAll("'", `'\\''`)}'`,
    ];
    terminal.#pty.write(setup.map((line) => `${line}\n`).join(''));
    try {
      await terminal.ended(OPEN_LIMIT);
      const { output } = await terminal.run('echo $$', OPEN_LIMIT);
      terminal.shellPid = Number(output.trim());
    } catch (error) {
      const echoed = (line: string) => line.includes('CLUSTERBOOK_');
      const said = terminal.printed
        .split(/\r?\n/)
        .filter((line) => line.trim() !== '' && !echoed(line))
        .slice(-3)
        .join(' ');
      terminal.close();
      throw new TerminalClosed(
        `no shell could be opened with "${program.file} ${program.args.join(' ')}": ${error instanceof Error ? error.message : error} ${said}`.trim(),
      );
    }
    return terminal;
  }

  /** What the running command printed so far. */
  get printed(): string {
    return this.#kept + this.#unread;
  }

  get isOpen(): boolean {
    return this.#closed === undefined;
  }

  /**
   * Types a command and waits for its end.
   *
   * @throws CommandTimeout, TerminalClosed, or Error for a command that no terminal takes
   */
  async run(command: string, milliseconds: number): Promise<CommandEnd> {
    this.type(command);
    return this.ended(milliseconds);
  }

  /** Types a command and does not wait. */
  type(command: string): void {
    if (this.#closed) throw this.#closed;
    const long = command.split('\n').find((line) => Buffer.byteLength(line) > LINE_LIMIT);
    if (long !== undefined) {
      throw new Error(
        `a line of the command is longer than the ${LINE_LIMIT} bytes that a terminal takes: ${long.slice(0, 60)}…`,
      );
    }
    this.#kept = '';
    this.#dropped = 0;
    this.#end = undefined;
    this.#pty.write(`${command}\n`);
  }

  /** Waits for the end of the command that was typed. @throws CommandTimeout, TerminalClosed */
  async ended(milliseconds: number): Promise<CommandEnd> {
    const deadline = performance.now() + milliseconds;
    for (;;) {
      if (this.#end) return this.#end;
      if (this.#closed) throw this.#closed;
      const left = deadline - performance.now();
      if (left <= 0) throw new CommandTimeout(this.printed, milliseconds);
      await this.#change(left);
    }
  }

  /** True when `text` has been printed by then; false when the command ended or the time is over without. */
  async prints(text: string, milliseconds: number): Promise<boolean> {
    const deadline = performance.now() + milliseconds;
    while (!this.printed.includes(text)) {
      const left = deadline - performance.now();
      if (left <= 0 || this.#end || this.#closed) return (this.#end?.output ?? this.printed).includes(text);
      await this.#change(left);
    }
    return true;
  }

  /**
   * Ctrl+C, as the terminal sends it to what runs in the foreground, until the command ends. One that comes while bash is about to
   * start a program may reach nobody, so it is repeated.
   *
   * @throws CommandTimeout when the command does not heed it, TerminalClosed
   */
  async interrupt(milliseconds: number): Promise<CommandEnd> {
    const deadline = performance.now() + milliseconds;
    for (let sent = 1; ; sent += 1) {
      if (!this.#closed) this.#pty.write(INTERRUPT);
      const left = deadline - performance.now();
      try {
        const end = await this.ended(Math.min(INTERRUPT_GAP, left));
        if (sent > 1) await this.#afterPrompts();
        return end;
      } catch (error) {
        if (!(error instanceof CommandTimeout) || left <= INTERRUPT_GAP) throw error;
      }
    }
  }

  /** A Ctrl+C too many makes bash prompt again: those prompts must not pass for the end of the next command. */
  async #afterPrompts(): Promise<void> {
    const mark = `prompts-${this.#secret}-${this.#prompts}`;
    this.type(`echo ${mark}`);
    for (;;) {
      const { output } = await this.ended(OPEN_LIMIT);
      if (output.includes(mark)) return;
      this.#end = undefined;
    }
  }

  /** Hangs up. Processes that ignore it are found by the session's id. */
  close(): void {
    this.#closed ??= new TerminalClosed('the terminal was closed');
    this.#wake();
    try {
      this.#pty.kill();
    } catch {
      // It ended by itself.
    }
  }

  /** Resolves when something was printed, the shell ended, or the time is over. */
  #change(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const done of this.#waiting) done();
  }

  #take(text: string): void {
    this.#unread += text;
    for (;;) {
      const start = this.#unread.indexOf(RECORD_START);
      if (start < 0) {
        this.#keep(this.#unread);
        this.#unread = '';
        break;
      }
      const end = this.#unread.indexOf(RECORD_END, start);
      if (end < 0 && this.#unread.length - start < 64) break;
      const [secret, number, status] = this.#unread.slice(start + 1, Math.max(end, start)).split(' ');
      if (end < 0 || secret !== this.#secret || Number(number) !== this.#prompts + 1) {
        // A control character of the output itself.
        this.#keep(this.#unread.slice(0, start + 1));
        this.#unread = this.#unread.slice(start + 1);
        continue;
      }
      this.#keep(this.#unread.slice(0, start));
      this.#unread = this.#unread.slice(end + 1);
      this.#prompts += 1;
      this.#end = { output: this.#kept, dropped: this.#dropped, status: Number(status) };
      this.#kept = '';
      this.#dropped = 0;
    }
    this.#wake();
  }

  #keep(text: string): void {
    const room = Math.max(0, OUTPUT_LIMIT - this.#kept.length);
    this.#kept += text.slice(0, room);
    this.#dropped += Math.max(0, text.length - room);
  }
}
