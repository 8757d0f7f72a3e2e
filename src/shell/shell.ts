import type { Block, Command, Script } from '#grammar/syntax.ts';
import { type Routine, sleep } from '#kernel/coroutine.ts';
import type { FileSystem } from '#machine/file-system.ts';
import type { ProcessContext, Signal } from '#machine/program.ts';
import { ShellExit } from './control.ts';
import { type Descriptor, type Descriptors, descriptorsOf } from './descriptors.ts';
import { type Flavor, SENTENCES, type Sentences } from './flavor.ts';
import { Jobs } from './jobs.ts';
import type { Completers } from './line-editor/completer.ts';
import type { History } from './line-editor/history.ts';
import { Variables } from './variables.ts';

/** What is done by code that knows more than the shell's state: it is handed in, so that builtins and expansions can ask for it. */
export interface Interpreter {
  /** Executes a block here. */
  execute(shell: Shell, block: Block): Routine<number>;
  /** Executes a script here, up to its mistake. @param isAll nothing is done in this process afterwards @throws SyntaxFailure */
  runScript(shell: Shell, script: Script, isAll?: boolean): Routine<number>;
  /** A simple command, as `command` and `exec` have it: without functions. */
  runWords(shell: Shell, words: readonly string[], options: RunWordsOptions): Routine<number>;
  /** What a script writes, run in a subshell. */
  substitute(shell: Shell, script: Script): Routine<string>;
  /** The path of a file that holds what a script writes; it is there until the command has ended that it is for. */
  substituteFile(shell: Shell, script: Script): Routine<string>;
  /** What a script writes, while it writes. */
  startWriter(shell: Shell, script: Script): Descriptor;
}

export interface RunWordsOptions {
  readonly functions: boolean;
  /** Go on as that program. */
  readonly replaces?: boolean;
}

/** A hundred commands of the shell itself take a millisecond, as on a slow machine; a process takes half of one. */
const COMMANDS_A_MILLISECOND = 100;
const FORK = 50;

/** The state of a shell, or of a subshell: it begins as its parent is, and changes alone. */
export class Shell {
  readonly flavor: Flavor;
  readonly interpreter: Interpreter;
  process: ProcessContext;
  files: FileSystem;
  descriptors: Descriptors;
  variables = new Variables();
  functions: Map<string, Command> = new Map();
  aliases: Map<string, string> = new Map();
  options: Set<string> = new Set();
  positional: readonly string[] = [];
  /** `$0` */
  name: string;
  /** Who errors are of: the script, or the name of the shell. */
  source: string;
  status = 0;
  /** Of the last command substitution of the command that is executed. */
  substitutionStatus: number | undefined;
  pipeStatus: readonly number[] = [0];
  lastBackground: number | undefined;
  line = 1;
  /** The text of the statement that is executed. */
  statement = '';
  /** How many command substitutions this one is in. */
  depth = 0;
  /** What commands that are being executed line by line add to their lines. */
  lineOffset = 0;
  isInteractive = false;
  /** Its commands come from a terminal, as its parent's do: errors name no line. */
  isTyped = false;
  isScript = false;
  isLogin = false;
  /** It was said that jobs are stopped: the next `exit` is meant. */
  isLeaving = false;
  loops = 0;
  functionNames: readonly string[] = [];
  sourced = 0;
  /** While a condition is evaluated, `set -e` looks away. */
  conditions = 0;
  /** The process of the first shell: what `$$` says. */
  rootPid: number;
  traps: Map<Signal | 'EXIT' | 'ERR', string> = new Map();
  readonly pendingSignals: Set<Signal> = new Set();
  /** The shell is to die of it, after its EXIT trap. */
  fatalSignal: Signal | undefined;
  /** Ctrl+C came. */
  isInterrupted = false;
  jobs: Jobs;
  startedAt: number;
  optionIndex = 0;
  directoryStack: readonly string[] = [];
  /** Files of process substitutions, to be removed after the command. */
  temporaryFiles: readonly string[] = [];
  /** What was typed, where somebody types. */
  history: History | undefined;
  /** Who knows the arguments of commands. */
  completers: Completers = {};
  #ticks = 0;
  #wakers: (() => void)[] = [];

  constructor(flavor: Flavor, interpreter: Interpreter, process: ProcessContext) {
    this.flavor = flavor;
    this.interpreter = interpreter;
    this.process = process;
    this.files = process.files;
    this.descriptors = descriptorsOf(process.streams);
    this.name = process.argv[0] ?? flavor;
    this.source = this.name;
    this.rootPid = process.pid;
    this.startedAt = process.kernel.now;
    this.jobs = new Jobs(process.kernel);
  }

  /** A subshell; it gets its own process when it begins. */
  fork(): Shell {
    const child = new Shell(this.flavor, this.interpreter, this.process);
    child.files = this.files;
    child.descriptors = this.descriptors;
    child.variables = this.variables.copy();
    child.functions = new Map(this.functions);
    child.aliases = new Map(this.aliases);
    child.options = new Set(this.options);
    child.positional = this.positional;
    child.name = this.name;
    child.source = this.source;
    child.status = this.status;
    child.pipeStatus = this.pipeStatus;
    child.lastBackground = this.lastBackground;
    child.line = this.line;
    child.statement = this.statement;
    child.depth = this.depth;
    child.lineOffset = this.lineOffset;
    child.isScript = this.isScript;
    child.isTyped = this.isTyped;
    child.functionNames = this.functionNames;
    child.loops = this.loops;
    child.sourced = this.sourced;
    child.conditions = this.conditions;
    child.rootPid = this.rootPid;
    child.startedAt = this.startedAt;
    child.optionIndex = this.optionIndex;
    child.directoryStack = this.directoryStack;
    // What is ignored stays ignored; what is handled is not.
    child.traps = new Map([...this.traps].filter(([, action]) => action === ''));
    return child;
  }

  get sentences(): Sentences {
    return SENTENCES[this.flavor];
  }

  get output(): Descriptor | undefined {
    return this.descriptors.get(1);
  }

  out(text: string): void {
    this.output?.write(text);
  }

  error(text: string): void {
    this.descriptors.get(2)?.write(text);
  }

  /** A sentence on standard error, with the shell's name and the line before it. */
  complain(message: string, builtin?: string): void {
    const { line, isTyped: isInteractive, isScript } = this;
    // bash calls what -c brought so, in functions.
    const isInFunction = this.functionNames.length > 0 && this.options.has('command') && this.flavor === 'bash';
    const name = isInFunction ? 'environment' : this.source;
    // A builtin that runs as a program names itself once.
    const place = { name, line, isInteractive, isScript, builtin: builtin === name ? undefined : builtin };
    this.error(`${this.sentences.prefix(place)}${message}\n`);
  }

  /** What `set -x` shows of a command before it is executed. */
  trace(text: string): void {
    if (!this.options.has('xtrace')) return;
    const prompt = this.variables.get('PS4') ?? '+ ';
    const marks = this.flavor === 'bash' ? prompt.slice(0, 1).repeat(this.depth) : '';
    this.error(`${marks}${prompt}${text}\n`);
  }

  /** Time passes also while a script only counts. @param isFork a process was made */
  *tick(isFork = false): Routine<void> {
    this.#ticks += isFork ? FORK : 1;
    if (this.#ticks < COMMANDS_A_MILLISECOND) return;
    this.#ticks -= COMMANDS_A_MILLISECOND;
    yield* sleep(this.process.kernel, 1);
  }

  /** Tells who waits that a signal came. */
  wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const waker of wakers) waker();
  }

  /** Calls back with the next signal that is handled; returns how to stop waiting. */
  onWake(waker: () => void): () => void {
    this.#wakers.push(waker);
    return () => {
      this.#wakers = this.#wakers.filter((other) => other !== waker);
    };
  }

  /** `set -e`: a command failed that nobody asked about. */
  checkStatus(): void {
    if (this.status !== 0 && this.options.has('errexit') && this.conditions === 0) throw new ShellExit(this.status);
  }
}
