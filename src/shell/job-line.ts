import type { Signal } from '#machine/program.ts';
import type { Job } from './jobs.ts';
import type { Shell } from './shell.ts';

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

/** `[1]+  Running                 sleep 100 &` */
export function describeJob(shell: Shell, job: Job): string {
  const { number, text } = job;
  const isBash = shell.flavor === 'bash';
  const isRunning = job.status === undefined && !job.child.isStopped;
  const command = `${text}${isRunning && isBash ? ' &' : ''}`;
  return `[${number}]${shell.jobs.mark(job)}  ${stateOf(job).padEnd(isBash ? 24 : 27)}${command}`;
}

function stateOf({ status, child }: Job): string {
  if (status === undefined) return child.isStopped ? 'Stopped' : 'Running';
  return deathOf(child.endedBy) ?? (status === 0 ? 'Done' : `Exit ${status}`);
}
