import { readScript } from '#grammar/read-script.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { type ChildProcess, type ProcessTable, SIGNALS, type Signal } from '#machine/program.ts';
import { Interrupted, ShellExit } from './control.ts';
import { orWake } from './or-wake.ts';
import type { Shell } from './shell.ts';

export function signalOf(text: string): Signal | undefined {
  const name = text.toUpperCase().replace(/^SIG/, '');
  const found = (Object.entries(SIGNALS) as [Signal, number][]).find(
    ([signal, number]) => signal === name || String(number) === text,
  );
  return found?.[0];
}

/** Sets what a signal does: text for `trap`, empty to ignore it, undefined for its default. */
export function setTrap(shell: Shell, name: Signal | 'EXIT' | 'ERR', action: string | undefined): void {
  if (action === undefined) shell.traps.delete(name);
  else shell.traps.set(name, action);
  if (name === 'EXIT') for (const signal of FATAL) handleSignal(shell, signal);
  else if (name !== 'ERR') handleSignal(shell, name);
}

/** Of which a shell dies, when it is somebody's script. */
const FATAL: readonly Signal[] = ['INT', 'TERM', 'HUP'];

function handleSignal(shell: Shell, signal: Signal): void {
  const action = shell.traps.get(signal);
  if (action === undefined) restoreDefault(shell, signal);
  else if (action === '') shell.process.onSignal(signal, () => undefined);
  else
    shell.process.onSignal(signal, () => {
      if (signal === 'INT') interruptForeground(shell);
      shell.pendingSignals.add(signal);
      shell.wake();
    });
}

/** What a shell does by itself: one that somebody types into outlives Ctrl+C and TERM; bash carries out its EXIT trap before it dies. */
export function restoreDefault(shell: Shell, signal: Signal): void {
  if (shell.flavor === 'bash' && !shell.isInteractive && shell.traps.get('EXIT') && FATAL.includes(signal)) {
    shell.process.onSignal(signal, () => {
      shell.fatalSignal = signal;
      shell.wake();
    });
    return;
  }
  if (signal === 'INT' && (shell.isInteractive || isLeader(shell))) {
    shell.process.onSignal('INT', () => {
      shell.isInterrupted = true;
      interruptForeground(shell);
      shell.wake();
    });
    return;
  }
  const isIgnored = shell.isInteractive && (signal === 'TERM' || signal === 'QUIT');
  shell.process.onSignal(signal, isIgnored ? () => undefined : undefined);
}

/** Whether nobody here started it: the terminal's keys reach it first, in the place of its whole process group. */
function isLeader({ process, descriptors }: Shell): boolean {
  const own = process.processes.rows().find(({ pid }) => pid === process.pid);
  return own?.parent === 0 && descriptors.get(0)?.terminal !== undefined;
}

/** Children that are waited for, whose process group the terminal's keys reach. */
const foreground = new WeakMap<Shell, readonly ChildProcess[]>();

/** Ctrl+C: it reaches all processes in the foreground. */
function interruptForeground(shell: Shell): void {
  const children = foreground.get(shell) ?? [];
  const { processes } = shell.process;
  for (const pid of children.flatMap((child) => [child.pid, ...descendants(processes, child.pid)]))
    processes.kill(pid, 'INT');
}

function descendants(processes: ProcessTable, pid: number): readonly number[] {
  const children = processes.rows().filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child.pid, ...descendants(processes, child.pid)]);
}

/** Waits for children in the foreground. @returns their statuses */
export function* waitForForeground(shell: Shell, children: readonly ChildProcess[]): Routine<number[]> {
  foreground.set(shell, children);
  const statuses: number[] = [];
  try {
    for (const child of children) statuses.push(yield* waitForChild(shell, child));
  } finally {
    foreground.delete(shell);
  }
  const last = children.at(-1);
  // Whoever handles Ctrl+C goes on, and its shell with it.
  if (shell.isInterrupted && last?.endedBy !== 'INT') shell.isInterrupted = false;
  tellOfDeath(shell, last);
  return statuses;
}

/** A signal that the shell dies of is not waited out. */
function* waitForChild(shell: Shell, child: ChildProcess): Routine<number> {
  for (;;) {
    const ended = yield* orWake(shell.process.kernel, child.wait(), (wake) => shell.onWake(wake));
    if (ended) return ended.value;
    if (shell.fatalSignal) yield* runPending(shell);
  }
}

const DEATHS: Readonly<Partial<Record<Signal, string>>> = {
  KILL: 'Killed',
  TERM: 'Terminated',
  HUP: 'Hangup',
  QUIT: 'Quit',
  USR1: 'User defined signal 1',
  USR2: 'User defined signal 2',
};

export function deathOf(signal: Signal | undefined): string | undefined {
  return signal && DEATHS[signal];
}

/** A shell says by what its child was killed, but for Ctrl+C and broken pipes. */
function tellOfDeath(shell: Shell, child: ChildProcess | undefined): void {
  const words = deathOf(child?.endedBy);
  if (words === undefined || child === undefined) return;
  if (shell.flavor === 'bash' && !shell.isTyped && child.endedBy !== 'TERM')
    tellOfJobsDeath(shell, child, shell.statement);
  else shell.error(`${words}\n`);
}

/** As bash does it where nobody types. @param text the command */
export function tellOfJobsDeath(shell: Shell, child: ChildProcess, text: string): void {
  shell.complain(`${String(child.pid).padStart(5)} ${deathOf(child.endedBy)?.padEnd(24)}${text}`);
}

/**
 * What signals asked for while something else was done: traps, and Ctrl+C.
 *
 * @throws Interrupted, ShellExit
 */
export function* runPending(shell: Shell): Routine<void> {
  const { fatalSignal } = shell;
  if (fatalSignal) {
    shell.fatalSignal = undefined;
    shell.status = 128 + SIGNALS[fatalSignal];
    yield* runExitTrap(shell);
    shell.process.onSignal(fatalSignal, undefined);
    shell.process.processes.kill(shell.process.pid, fatalSignal);
    // The first process of a namespace does not die of it.
    throw new ShellExit(shell.status);
  }
  if (shell.isInterrupted) {
    shell.isInterrupted = false;
    if (shell.isInteractive) throw new Interrupted('interrupted');
    // A script dies of it, as if nobody had handled it; the first process of a namespace lives on.
    shell.process.onSignal('INT', undefined);
    shell.process.processes.kill(shell.process.pid, 'INT');
    restoreDefault(shell, 'INT');
  }
  while (shell.pendingSignals.size > 0) {
    const [signal] = shell.pendingSignals;
    if (signal === undefined) return;
    shell.pendingSignals.delete(signal);
    yield* runTrap(shell, signal);
  }
}

/** The action of a trap; the status is afterwards what it was. */
export function* runTrap(shell: Shell, name: Signal | 'EXIT' | 'ERR'): Routine<void> {
  const action = shell.traps.get(name);
  if (!action) return;
  const { status } = shell;
  yield* shell.interpreter.runScript(shell, readScript(action));
  shell.status = status;
}

/** At the very end. @returns the exit status: that of `exit` in the trap, else the one from before */
export function* runExitTrap(shell: Shell): Routine<number> {
  const action = shell.traps.get('EXIT');
  const { status } = shell;
  if (action) {
    shell.traps.delete('EXIT');
    try {
      yield* shell.interpreter.runScript(shell, readScript(action));
    } catch (error) {
      if (!(error instanceof ShellExit)) throw error;
      return error.status;
    }
  }
  return status;
}
