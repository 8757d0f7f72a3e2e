import { readScript } from '#grammar/read-script.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { type ChildProcess, SIGNALS, type Signal } from '#machine/program.ts';
import { Interrupted, ShellExit } from './control.ts';
import { deathOf, describeJob } from './job-line.ts';
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
      if (signal === 'INT') passToForeground(shell, 'INT');
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
      passToForeground(shell, 'INT');
      shell.wake();
    });
    return;
  }
  if (shell.isInteractive && (signal === 'QUIT' || signal === 'TSTP')) {
    shell.process.onSignal(signal, () => passToForeground(shell, signal));
    return;
  }
  const isIgnored = shell.isInteractive && signal === 'TERM';
  shell.process.onSignal(signal, isIgnored ? () => undefined : undefined);
}

/** Whether nobody here started it: the terminal's keys reach it first, in the place of its whole process group. */
function isLeader({ process, descriptors }: Shell): boolean {
  const own = process.processes.rows().find(({ pid }) => pid === process.pid);
  return own?.parent === 0 && descriptors.get(0)?.terminal !== undefined;
}

/** Children that are waited for, whose process group the terminal's keys reach. */
const foreground = new WeakMap<Shell, readonly ChildProcess[]>();

/** Keys of the terminal: they reach all processes in the foreground, whosever they are. */
function passToForeground(shell: Shell, signal: Signal): void {
  for (const child of foreground.get(shell) ?? []) child.killAll(signal);
}

/** What a stopped command leaves behind. */
const STOPPED = 128 + SIGNALS.TSTP;

/**
 * Waits for children in the foreground; when they are stopped, where somebody types, they are a job from then on.
 *
 * @param text of the command
 * @returns their statuses
 */
export function* waitForForeground(
  shell: Shell,
  children: readonly ChildProcess[],
  text: string = shell.statement,
): Routine<number[]> {
  foreground.set(shell, children);
  const statuses: number[] = [];
  try {
    for (const child of children) {
      const status = yield* waitForChild(shell, child);
      if (status === undefined) return suspend(shell, children, text);
      statuses.push(status);
    }
  } finally {
    foreground.delete(shell);
  }
  const last = children.at(-1);
  // Whoever handles Ctrl+C goes on, and its shell with it.
  if (shell.isInterrupted && last?.endedBy !== 'INT') shell.isInterrupted = false;
  tellOfDeath(shell, last);
  return statuses;
}

function suspend(shell: Shell, children: readonly ChildProcess[], text: string): number[] {
  const last = children.at(-1);
  if (!last) return [];
  const job = shell.jobs.add(text, last, children);
  shell.error(`\n${describeJob(shell, job)}\n`);
  return children.map(() => STOPPED);
}

/** A signal that the shell dies of is not waited out. @returns undefined when it was stopped */
function* waitForChild(shell: Shell, child: ChildProcess): Routine<number | undefined> {
  for (;;) {
    if (child.isStopped && shell.isInteractive) return undefined;
    const ended = yield* orWake(shell.process.kernel, child.wait(), (wake) => {
      const stops = [shell.onWake(wake), child.onStop(wake)];
      return () => {
        for (const stop of stops) stop();
      };
    });
    if (ended) return ended.value;
    if (shell.fatalSignal) yield* runPending(shell);
  }
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
