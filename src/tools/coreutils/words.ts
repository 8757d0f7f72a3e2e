import type { Invocation } from './tool.ts';

/** A sentence on standard error, in the words of whose tool it is. */
export function complainAs({ dialect, complain }: Invocation, gnu: string, busybox: string): void {
  complain(dialect === 'gnu' ? gnu : busybox);
}

/** What is missing or too much on the command line, as GNU's tools say it. @returns 1 */
export function refuseUsage({ complain, name, process }: Invocation, message?: string): number {
  if (message !== undefined) complain(message);
  // diff begins this line with its name too.
  process.streams.error(`${name === 'diff' ? 'diff: ' : ''}Try '${name} --help' for more information.\n`);
  return 1;
}
