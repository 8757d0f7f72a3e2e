import type { Routine } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import { SIGNALS, type Signal } from '#machine/program.ts';
import { deathOf, describeJob } from '../job-line.ts';
import type { Job } from '../jobs.ts';
import type { Shell } from '../shell.ts';
import { signalOf, tellOfJobsDeath, waitForForeground } from '../signals.ts';
import { type Builtin, immediate } from './builtin.ts';

/** Tells of jobs that have ended, once. */
export function reportEnded(shell: Shell): void {
  for (const job of shell.jobs.all) {
    if (job.status === undefined) continue;
    shell.error(`${describeJob(shell, job)}\n`);
    shell.jobs.forget(job);
  }
}

const jobs = immediate((shell, [name = '', ...words]) => {
  const unknown = words.find((word) => word.startsWith('-') && word !== '-l' && word !== '-p');
  if (unknown !== undefined) {
    shell.complain(`${unknown} is not simulated here`, name);
    return 2;
  }
  for (const job of shell.jobs.all) {
    if (words.includes('-p')) shell.out(`${job.child.pid}\n`);
    else if (words.includes('-l'))
      shell.out(`${describeJob(shell, job).replace(/^(\[\d+\].)/, `$1 ${job.child.pid}`)}\n`);
    else shell.out(`${describeJob(shell, job)}\n`);
    if (job.status !== undefined) shell.jobs.forget(job);
  }
  return 0;
});

function* waitFor(shell: Shell, [name = '', ...words]: readonly string[]): Routine<number> {
  if (words[0]?.startsWith('-')) {
    if (words[0] !== '-n') {
      shell.complain(`${words[0]} is not simulated here`, name);
      return 2;
    }
    return yield* waitForAny(shell);
  }
  if (words.length === 0) {
    while (shell.jobs.all.some(({ status }) => status === undefined)) {
      const interruption = yield* waitOnce(shell);
      if (interruption !== undefined) return interruption;
    }
    if (!shell.isInteractive) for (const job of shell.jobs.all) shell.jobs.forget(job);
    return 0;
  }
  let status = 0;
  for (const word of words) status = yield* waitForOne(shell, name, word);
  return status;
}

function* waitForAny(shell: Shell): Routine<number> {
  if (shell.jobs.all.length === 0) return 127;
  for (;;) {
    const ended = shell.jobs.all.find((job) => job.status !== undefined);
    if (ended) {
      shell.jobs.forget(ended);
      return ended.status ?? 0;
    }
    const interruption = yield* waitOnce(shell);
    if (interruption !== undefined) return interruption;
  }
}

function* waitForOne(shell: Shell, name: string, word: string): Routine<number> {
  const pid = word.startsWith('%') ? shell.jobs.find(word)?.child.pid : Number(word);
  if (pid === undefined || Number.isNaN(pid)) {
    const isJob = word.startsWith('%');
    shell.complain(isJob ? `${word}: no such job` : `\`${word}': not a pid or valid job spec`, name);
    return isJob ? 127 : 1;
  }
  if (!shell.jobs.knows(pid)) {
    if (shell.flavor === 'bash') shell.complain(`pid ${pid} is not a child of this shell`, name);
    return 127;
  }
  for (;;) {
    const status = shell.jobs.statusOf(pid);
    if (status !== undefined) {
      const job = shell.jobs.find(String(pid));
      const death = deathOf(job?.child.endedBy);
      if (death !== undefined && shell.flavor !== 'bash') shell.error(`${death}\n`);
      else if (death !== undefined && job && !shell.isTyped && job.child.endedBy !== 'TERM')
        tellOfJobsDeath(shell, job.child, job.text);
      if (job) shell.jobs.forget(job);
      return status;
    }
    const interruption = yield* waitOnce(shell);
    if (interruption !== undefined) return interruption;
  }
}

/** @returns the status of a `wait` that a signal ended */
function* waitOnce(shell: Shell): Routine<number | undefined> {
  if (yield* shell.jobs.nextEnd((waker) => shell.onWake(waker))) return undefined;
  const [signal] = shell.pendingSignals;
  return 128 + SIGNALS[signal ?? 'INT'];
}

function* foreground(shell: Shell, [name = '', word = '%+']: readonly string[]): Routine<number> {
  const job = findJob(shell, name, word);
  if (!job) return 1;
  shell.out(`${job.text}\n`);
  shell.jobs.forget(job);
  for (const child of job.children) child.killAll('CONT');
  const statuses = yield* waitForForeground(shell, job.children, job.text);
  return statuses.at(-1) ?? 0;
}

const background = immediate((shell, [name = '', word = '%+']) => {
  const job = findJob(shell, name, word);
  if (!job) return 1;
  if (!job.child.isStopped) {
    shell.complain(`job ${job.number} already in background`, name);
    return 0;
  }
  shell.out(`[${job.number}]${shell.jobs.mark(job)} ${job.text} &\n`);
  for (const child of job.children) child.killAll('CONT');
  return 0;
});

function findJob(shell: Shell, name: string, word: string): Job | undefined {
  if (!shell.isInteractive && shell.flavor === 'bash') {
    shell.complain('no job control', name);
    return undefined;
  }
  const job = shell.jobs.find(word);
  if (!job)
    shell.complain(
      shell.flavor === 'bash' ? `${word === '%+' ? 'current' : word}: no such job` : 'No current job',
      name,
    );
  return job;
}

const kill = immediate((shell, [name = '', ...words]) => {
  let signal: Signal | undefined = 'TERM';
  let targets = words;
  const [first = ''] = words;
  if (first === '-l' || first === '-L') return listSignals(shell, words.slice(1));
  if (first.startsWith('-') && first !== '--') {
    const text = first === '-s' || first === '-n' ? (words[1] ?? '') : first.slice(1);
    targets = words.slice(first === '-s' || first === '-n' ? 2 : 1);
    signal = text === '0' ? undefined : signalOf(text);
    if (signal === undefined && text !== '0') {
      const bash = `${text}: invalid signal specification`;
      if (shell.flavor === 'ash') shell.error(`${shell.source}: bad signal name '${text}'\n`);
      else shell.complain(shell.flavor === 'bash' ? bash : `Illegal option -${text.slice(0, 1)}`, name);
      return 1;
    }
  }
  if (targets[0] === '--') targets = targets.slice(1);
  if (targets.length === 0) {
    if (shell.flavor === 'bash')
      shell.error('kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n');
    else shell.error(`${shell.source}: you need to specify whom to kill\n`);
    return shell.flavor === 'bash' ? 2 : 1;
  }
  let status = 0;
  for (const target of targets) if (!killOne(shell, name, target, signal)) status = 1;
  return status;
});

function killOne(shell: Shell, name: string, target: string, signal: Signal | undefined): boolean {
  const pid = target.startsWith('%') ? shell.jobs.find(target)?.child.pid : Number(target);
  if (target.startsWith('%') && pid === undefined) {
    shell.complain(`${target}: no such job`, name);
    return false;
  }
  if (pid === undefined || !Number.isInteger(pid)) {
    if (shell.flavor === 'ash') shell.error(`${shell.source}: invalid number '${target}'\n`);
    else
      shell.complain(
        shell.flavor === 'bash' ? `${target}: arguments must be process or job IDs` : `Illegal number: ${target}`,
        name,
      );
    return false;
  }
  const { processes } = shell.process;
  try {
    const isThere =
      signal === undefined ? processes.rows().some((row) => row.pid === pid) : processes.kill(pid, signal);
    if (isThere) {
      // Whoever is stopped hears nothing before it goes on.
      if (target.startsWith('%') && signal !== 'STOP' && signal !== 'TSTP')
        for (const child of shell.jobs.find(target)?.children ?? []) child.killAll('CONT');
      return true;
    }
    tellOfKill(shell, name, target, 'No such process');
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    tellOfKill(shell, name, target, error.message);
  }
  return false;
}

function tellOfKill(shell: Shell, name: string, pid: string, why: string): void {
  if (shell.flavor === 'bash') shell.complain(`(${pid}) - ${why}`, name);
  else if (shell.flavor === 'ash') shell.error(`${shell.source}: can't kill pid ${pid}: ${why}\n`);
  else shell.complain(why, name);
}

function listSignals(shell: Shell, words: readonly string[]): number {
  const names = Object.entries(SIGNALS);
  if (words.length === 0) {
    shell.complain('-l without a signal is not simulated here', 'kill');
    return 2;
  }
  for (const word of words) {
    const number = Number(word) > 128 ? Number(word) - 128 : Number(word);
    const found = Number.isNaN(number)
      ? names.find(([name]) => name === word.replace(/^SIG/, ''))?.[1]
      : names.find(([, value]) => value === number)?.[0];
    if (found === undefined) {
      shell.complain(`${word}: invalid signal specification`, 'kill');
      return 1;
    }
    shell.out(`${found}\n`);
  }
  return 0;
}

export const JOBS: Readonly<Record<string, Builtin>> = {
  jobs,
  wait: waitFor,
  fg: foreground,
  bg: background,
  kill,
};
