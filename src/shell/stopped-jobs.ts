import type { Job } from './jobs.ts';
import type { Shell } from './shell.ts';

function stoppedJobs(shell: Shell): readonly Job[] {
  return shell.jobs.all.filter(({ child }) => child.isStopped);
}

/** Who wants to leave is told of jobs that are stopped, once. @returns whether the shell stays */
export function staysForStopped(shell: Shell): boolean {
  if (!shell.isInteractive || shell.isLeaving || stoppedJobs(shell).length === 0) return false;
  shell.isLeaving = true;
  shell.error('There are stopped jobs.\n');
  return true;
}

/** Nobody will ever let them go on. */
export function endStopped(shell: Shell): void {
  for (const child of stoppedJobs(shell).flatMap(({ children }) => children)) {
    child.killAll('TERM');
    child.killAll('CONT');
  }
}
