import { type Routine, wait } from '#kernel/coroutine.ts';
import type { Timer } from '#kernel/kernel.ts';
import { type FileSystem, FsError } from '#machine/file-system.ts';
import { SIGNALS, type Signal } from '#machine/program.ts';
import type { UnitExit, UnitStatus } from '#machine/units.ts';
import type { MachineJournal } from '../journal/journal.ts';
import { loadExecutable } from '../processes/executables.ts';
import type { Task } from '../processes/pid-namespace.ts';
import { type Exit, Process, type ProcessState, type Surroundings } from '../processes/process.ts';
import { commandLine, environmentOf } from './command-line.ts';
import { journalStreams } from './journal-streams.ts';
import { timeSpan, type UnitFile } from './unit-file.ts';

/** What services have of their machine. */
export interface ServiceHost {
  readonly surroundings: Surroundings;
  /** As root sees them. */
  readonly files: FileSystem;
  readonly journal: MachineJournal;
  /** What runs in a unit's control group beside its main process. */
  readonly others: (unit: string) => readonly Task[];
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin';
/** Milliseconds: DefaultRestartUSec, DefaultTimeoutStopUSec. */
const RESTART = 100;
const STOP_TIMEOUT = 90_000;
/** Signals that a service may end by without having failed (systemd.service(5), SuccessExitStatus=). */
const CLEAN: ReadonlySet<Signal> = new Set<Signal>(['HUP', 'INT', 'TERM', 'PIPE']);
const EXIT_NAMES: Readonly<Record<number, string>> = { 0: 'SUCCESS', 1: 'FAILURE', 2: 'INVALIDARGUMENT', 203: 'EXEC' };
const EXEC_FAILED = 203;

type State = Pick<UnitStatus, 'activeState' | 'subState'>;

/** A service of a saved machine. */
export interface ServiceState {
  readonly state: State;
  readonly since?: number;
  readonly startedAt?: number;
  readonly duration?: number;
  readonly result: UnitStatus['result'];
  readonly lastExit?: UnitExit;
  readonly failedCondition?: NonNullable<UnitStatus['failedCondition']>;
  readonly restarts: number;
  /** Undefined for a process that does not go on. */
  readonly process?: ProcessState;
}

/** A service: its process, and what is done when that ends (systemd, src/core/service.c; the words in the journal are its own). */
export class Service {
  readonly #host: ServiceHost;
  #unit: UnitFile;
  #state: State = { activeState: 'inactive', subState: 'dead' };
  #since: number | undefined;
  #startedAt: number | undefined;
  #duration: number | undefined;
  #result: UnitStatus['result'] = 'success';
  #process: Process | undefined;
  #lastExit: UnitExit | undefined;
  #failedCondition: UnitStatus['failedCondition'];
  #restarts = 0;
  #restart: Timer | undefined;
  #patience: Timer | undefined;
  #isStopping = false;
  #waiting: (() => void)[] = [];

  constructor(host: ServiceHost, unit: UnitFile) {
    this.#host = host;
    this.#unit = unit;
  }

  /** Its files were read again. */
  update(unit: UnitFile): void {
    this.#unit = unit;
  }

  status(fileState: UnitStatus['fileState']): UnitStatus {
    const { name, path, dropIns } = this.#unit;
    const process = this.#process;
    const { pids } = this.#host.surroundings;
    const running = [...this.#host.others(name), ...(process ? [process] : [])]
      .map((task) => ({ pid: task.pidIn(pids), command: task.argv.join(' ') }))
      .sort((a, b) => a.pid - b.pid);
    return {
      name,
      description: this.#unit.value('Unit', 'Description') ?? name,
      documentation: this.#unit.values('Unit', 'Documentation').flatMap((value) => value.split(/\s+/)),
      fragmentPath: path,
      dropIns,
      fileState,
      ...this.#state,
      result: this.#result,
      ...(this.#since !== undefined && { since: this.#since }),
      ...(this.#state.activeState === 'inactive' && this.#duration !== undefined && { duration: this.#duration }),
      ...(process && { main: { pid: process.pidIn(pids), name: commOf(process) } }),
      ...(this.#lastExit && !process && { lastExit: this.#lastExit }),
      ...(this.#failedCondition && { failedCondition: this.#failedCondition }),
      restarts: this.#restarts,
      controlGroup: `/${this.#unit.value('Service', 'Slice') ?? 'system.slice'}/${name}`,
      processes: running,
    };
  }

  *start(): Routine<void> {
    if (this.#isStopping) yield* this.#settled();
    if (this.#state.activeState === 'active') return;
    if (this.#state.subState !== 'start') {
      this.#restart?.cancel();
      this.#restarts = 0;
      this.#begin();
    }
    yield* this.#settled();
  }

  *stop(): Routine<void> {
    this.#stop();
    yield* this.#settled();
  }

  *restart(): Routine<void> {
    yield* this.stop();
    yield* this.start();
  }

  kill(signal: Signal): void {
    const process = this.#process;
    if (!process) return;
    this.#say(
      5,
      `${this.#unit.name}: Sending signal SIG${signal} to process ${this.#named(process)} on client request.`,
    );
    process.kill(signal);
  }

  /** A service of Type=notify runs from now on. */
  ready(): void {
    if (this.#state.subState === 'start') this.#started();
  }

  save(): ServiceState {
    const process = this.#process?.save();
    return {
      state: this.#state,
      ...(this.#since !== undefined && { since: this.#since }),
      ...(this.#startedAt !== undefined && { startedAt: this.#startedAt }),
      ...(this.#duration !== undefined && { duration: this.#duration }),
      result: this.#result,
      ...(this.#lastExit && { lastExit: this.#lastExit }),
      ...(this.#failedCondition && { failedCondition: this.#failedCondition }),
      restarts: this.#restarts,
      ...(process && { process }),
    };
  }

  /** Goes on as it was when the machine was saved; what was under way begins anew. */
  resume(saved: ServiceState): void {
    const { subState } = saved.state;
    this.#state = saved.state;
    this.#since = saved.since;
    this.#startedAt = saved.startedAt;
    this.#duration = saved.duration;
    this.#result = saved.result;
    this.#lastExit = saved.lastExit;
    this.#failedCondition = saved.failedCondition;
    this.#restarts = saved.restarts;
    if (saved.process) {
      this.#spawn(saved.process);
      if (subState === 'stop-sigterm') this.#stop();
    } else if (subState === 'auto-restart') this.#restartLater();
    else if (subState !== 'dead' && subState !== 'failed') this.#begin();
  }

  get #title(): string {
    return `${this.#unit.name} - ${this.#unit.value('Unit', 'Description') ?? ''}`;
  }

  #begin(): void {
    const { kernel } = this.#host.surroundings;
    const unmet = this.#unmetCondition();
    this.#failedCondition = unmet === undefined ? undefined : { text: unmet, at: kernel.now };
    if (unmet !== undefined) {
      this.#say(6, `${this.#title} was skipped because of an unmet condition check (${unmet}).`);
      this.#enter('inactive', 'dead');
      return;
    }
    for (const task of this.#host.others(this.#unit.name)) {
      this.#say(
        4,
        `${this.#unit.name}: Found left-over process ${this.#named(task)} in control group while starting unit. Ignoring.`,
      );
      this.#say(
        4,
        'This usually indicates unclean termination of a previous run, or service implementation deficiencies.',
      );
    }
    const isNotified = this.#unit.value('Service', 'Type') === 'notify';
    if (isNotified) this.#say(6, `Starting ${this.#title}...`);
    this.#result = 'success';
    this.#enter('activating', 'start');
    if (!isNotified) this.#started();
    this.#spawn();
  }

  #started(): void {
    this.#say(6, `Started ${this.#title}.`);
    this.#startedAt = this.#host.surroundings.kernel.now;
    this.#enter('active', 'running');
  }

  #unmetCondition(): string | undefined {
    for (const value of this.#unit.values('Unit', 'ConditionPathExists')) {
      const isNegated = value.startsWith('!');
      if (this.#host.files.exists(value.replace(/^!/, '')) === isNegated) return `ConditionPathExists=${value}`;
    }
    return undefined;
  }

  #spawn(saved?: ProcessState): void {
    const { surroundings, files, journal } = this.#host;
    const environment = environmentOf(files, this.#unit);
    const argv = commandLine(this.#unit.value('Service', 'ExecStart') ?? '', environment);
    const [path = ''] = argv;
    const write = (pid: number, message: string) =>
      journal.write({ identifier: baseName(path), pid, unit: this.#unit.name, priority: 6, message });
    try {
      const executable = loadExecutable(files, path, argv, surroundings.programs);
      const process: Process = new Process(surroundings, {
        ...executable,
        env: { PATH: DEFAULT_PATH, LANG: 'C.UTF-8', ...environment },
        files,
        streams: journalStreams((line) => write(process.pidIn(surroundings.pids), line)),
        ...(surroundings.pids.init && { parent: surroundings.pids.init }),
        onExit: (exit) => this.#ended(process, exit),
        ...(saved && { saved }),
      });
      this.#process = process;
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      const { name } = this.#unit;
      this.#say(3, `${name}: Failed to locate executable ${path}: ${error.message}`);
      this.#say(3, `${name}: Failed at step EXEC spawning ${path}: ${error.message}`);
      surroundings.kernel.soon(() => this.#ended(undefined, { code: EXEC_FAILED }));
    }
  }

  #stop(): void {
    if (this.#state.subState === 'auto-restart') {
      this.#restart?.cancel();
      this.#say(6, `Stopped ${this.#title}.`);
      this.#enter('inactive', 'dead');
      return;
    }
    const process = this.#process;
    if (!process || this.#isStopping) return;
    const { kernel } = this.#host.surroundings;
    this.#isStopping = true;
    this.#say(6, `Stopping ${this.#title}...`);
    this.#enter('deactivating', 'stop-sigterm');
    this.#patience = kernel.after(STOP_TIMEOUT, () => {
      this.#say(4, `${this.#unit.name}: State 'stop-sigterm' timed out. Killing.`);
      process.kill('KILL');
    });
    process.kill('TERM');
  }

  #ended(process: Process | undefined, { code, signal }: Exit): void {
    const { name } = this.#unit;
    const { kernel, pids } = this.#host.surroundings;
    const isClean = signal ? CLEAN.has(signal) : code === 0;
    const status = signal ? SIGNALS[signal] : code;
    const exitName = signal ?? EXIT_NAMES[code] ?? 'n/a';
    const kind = signal ? 'killed' : 'exited';
    this.#process = undefined;
    if (process)
      this.#lastExit = {
        pid: process.pidIn(pids),
        command: process.argv.join(' '),
        code: kind,
        status,
        name: exitName,
      };
    this.#duration = this.#startedAt === undefined ? undefined : kernel.now - this.#startedAt;
    this.#result = isClean ? 'success' : signal ? 'signal' : 'exit-code';
    if (isClean) this.#say(6, `${name}: Deactivated successfully.`);
    else {
      this.#say(5, `${name}: Main process exited, code=${kind}, status=${status}/${exitName}`);
      this.#say(4, `${name}: Failed with result '${this.#result}'.`);
    }
    this.#patience?.cancel();
    if (this.#isStopping) {
      this.#isStopping = false;
      // By KillMode=process others than the main process stay.
      for (const task of this.#host.others(name))
        this.#say(4, `${name}: Unit process ${this.#named(task)} remains running after unit stopped.`);
      this.#say(6, `Stopped ${this.#title}.`);
      this.#enter(isClean ? 'inactive' : 'failed', isClean ? 'dead' : 'failed');
      return;
    }
    const policy = this.#unit.value('Service', 'Restart') ?? 'no';
    if (policy === 'always' || (policy === 'on-failure' && !isClean)) this.#restartLater();
    else this.#enter(isClean ? 'inactive' : 'failed', isClean ? 'dead' : 'failed');
  }

  #restartLater(): void {
    this.#enter('activating', 'auto-restart');
    const pause = timeSpan(this.#unit.value('Service', 'RestartSec') ?? '') ?? RESTART;
    this.#restart = this.#host.surroundings.kernel.after(pause, () => {
      this.#restarts += 1;
      this.#say(6, `${this.#unit.name}: Scheduled restart job, restart counter is at ${this.#restarts}.`);
      this.#say(6, `Stopped ${this.#title}.`);
      this.#begin();
    });
  }

  #enter(activeState: State['activeState'], subState: State['subState']): void {
    this.#state = { activeState, subState };
    this.#since = this.#host.surroundings.kernel.now;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const told of waiting) told();
  }

  /** Waits until neither a start nor a stop is under way. */
  *#settled(): Routine<void> {
    while (this.#state.subState === 'start' || this.#state.subState === 'stop-sigterm') {
      yield* wait<void>((resume) => {
        this.#waiting.push(resume);
        return undefined;
      });
    }
  }

  /** `188 (kubelet)` */
  #named(task: Task): string {
    return `${task.pidIn(this.#host.surroundings.pids)} (${commOf(task)})`;
  }

  #say(priority: number, message: string): void {
    this.#host.journal.write({ identifier: 'systemd', pid: 1, unit: this.#unit.name, priority, message });
  }
}

/** The name of a process as the kernel keeps it: 15 bytes of it (proc(5), comm). */
function commOf({ argv }: Task): string {
  return baseName(argv[0] ?? '').slice(0, 15);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
