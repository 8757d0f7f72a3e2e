import type { Routine } from '#kernel/coroutine.ts';
import { FsError, type OpenFile } from '#machine/file-system.ts';
import { Pipe } from '#machine/pipe.ts';
import type { ChildProcess, StandardStreams } from '#machine/program.ts';
import { utf8Encode } from '#machine/utf8.ts';
import { openInput } from '../input.ts';
import { start } from '../run-command.ts';
import type { Invocation } from '../tool.ts';
import { expandConstant } from './lexer.ts';
import { Records } from './records.ts';
import { AwkError, type AwkState } from './state.ts';
import { fromOutside, toNumber } from './values.ts';

interface Writer {
  write(text: string): void;
  close(): Routine<number>;
}

/** What a program reads and writes: its operands, files, commands. */
export class AwkStreams {
  readonly #invocation: Invocation;
  readonly #state: AwkState;
  #operands: readonly string[];
  #current: Records | undefined;
  #hasRead = false;
  #status = 0;
  readonly #readers = new Map<string, { readonly records: Records; readonly child?: ChildProcess }>();
  readonly #writers = new Map<string, Writer>();

  constructor(invocation: Invocation, state: AwkState, operands: readonly string[]) {
    this.#invocation = invocation;
    this.#state = state;
    this.#operands = operands;
  }

  /** 2 when an operand could not be read. */
  get status(): number {
    return this.#status;
  }

  print(text: string): void {
    this.#invocation.out(text);
  }

  /** The next record of the operands becomes `$0`. @returns false at the end */
  *nextRecord(): Routine<boolean> {
    const line = yield* this.nextLine();
    if (line === undefined) return false;
    const state = this.#state;
    state.set('NR', toNumber(state.get('NR')) + 1);
    state.set('FNR', toNumber(state.get('FNR')) + 1);
    state.record = line;
    return true;
  }

  *nextLine(): Routine<string | undefined> {
    for (;;) {
      if (this.#current) {
        const line = yield* this.#current.next(this.#state.textOf('RS'));
        if (line !== undefined) return line;
        this.#current = undefined;
      }
      if (!this.#openNext()) return undefined;
    }
  }

  /** @returns false when there is no operand left */
  #openNext(): boolean {
    const [operand, ...rest] = this.#operands;
    if (operand === undefined) {
      if (this.#hasRead) return false;
      this.#hasRead = true;
      this.#current = new Records(this.#invocation.process.streams);
      return true;
    }
    this.#operands = rest;
    const { name, value } = /^(?<name>[A-Za-z_]\w*)=(?<value>.*)$/s.exec(operand)?.groups ?? {};
    if (name !== undefined && value !== undefined) {
      this.#state.set(name, fromOutside(expandConstant(value)));
      return true;
    }
    this.#hasRead = true;
    try {
      this.#current = new Records(openInput(this.#invocation.process, operand));
      this.#state.set('FILENAME', operand);
      this.#state.set('FNR', 0);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      const { complain, dialect } = this.#invocation;
      complain(dialect === 'gnu' ? `cannot open ${operand} (${error.message})` : `${operand}: ${error.message}`);
      this.#status = 2;
      if (dialect === 'gnu') throw new AwkError('');
    }
    return true;
  }

  /** A line of a file or of what a command writes; undefined at the end, -1 when it cannot be read. */
  *readFrom(kind: 'file' | 'command', name: string): Routine<string | -1 | undefined> {
    let reader = this.#readers.get(name);
    if (!reader) {
      try {
        reader =
          kind === 'file'
            ? { records: new Records(openInput(this.#invocation.process, name)) }
            : this.#readCommand(name);
      } catch (error) {
        if (error instanceof FsError) return -1;
        throw error;
      }
      this.#readers.set(name, reader);
    }
    return yield* reader.records.next(this.#state.textOf('RS'));
  }

  #readCommand(command: string): { readonly records: Records; readonly child: ChildProcess } {
    const { process } = this.#invocation;
    const pipe = new Pipe();
    const child = start(process, ['sh', '-c', command], {
      streams: {
        ...process.streams,
        ...passed(process.streams),
        out: (text) => pipe.write(text),
        drain: () => pipe.drain(),
        hold: () => pipe.holdWriter(),
      },
    });
    return { records: new Records({ read: () => pipe.read() }), child };
  }

  write(kind: '>' | '>>' | '|', name: string, text: string): void {
    const known =
      this.#writers.get(name) ?? (kind === '|' ? this.#writeCommand(name) : this.#openFile(name, kind === '>>'));
    this.#writers.set(name, known);
    known.write(text);
  }

  #openFile(path: string, append: boolean): Writer {
    const { process } = this.#invocation;
    if (path === '/dev/stderr') return plain((text) => process.streams.error(text));
    if (path === '/dev/stdout' || path === '-') return plain((text) => process.streams.out(text));
    let file: OpenFile;
    try {
      file = process.files.open(path, { access: 'write', create: true, truncate: !append, append });
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new AwkError(`cannot open "${path}" for output`);
    }
    return plain((text) => file.write(utf8Encode(text)));
  }

  #writeCommand(command: string): Writer {
    const { process } = this.#invocation;
    const pipe = new Pipe();
    const letGo = pipe.holdWriter();
    const child = start(process, ['sh', '-c', command], {
      streams: {
        ...process.streams,
        ...passed(process.streams),
        read: () => pipe.read(),
        hold: () => pipe.holdReader(),
      },
    });
    return {
      write: (text) => pipe.write(text),
      *close() {
        letGo();
        return yield* child.wait();
      },
    };
  }

  *close(name: string): Routine<number> {
    const writer = this.#writers.get(name);
    const reader = this.#readers.get(name);
    this.#writers.delete(name);
    this.#readers.delete(name);
    if (writer) return yield* writer.close();
    if (reader?.child) return yield* reader.child.wait();
    return reader ? 0 : -1;
  }

  /** At the end of the program: commands that read from it are waited for. */
  *closeAll(): Routine<void> {
    for (const name of [...this.#writers.keys()]) yield* this.close(name);
  }

  *system(command: string): Routine<number> {
    return yield* start(this.#invocation.process, ['sh', '-c', command]).wait();
  }
}

function plain(write: (text: string) => void): Writer {
  return {
    write,
    // biome-ignore lint/correctness/useYield: it waits for nothing
    *close() {
      return 0;
    },
  };
}

/** Getters are not copied by a spread. */
function passed(streams: StandardStreams): Pick<StandardStreams, 'read' | 'out' | 'error' | 'drain' | 'terminal'> {
  return {
    read: () => streams.read(),
    out: (text) => streams.out(text),
    error: (text) => streams.error(text),
    drain: () => streams.drain(),
    terminal: {},
  };
}
