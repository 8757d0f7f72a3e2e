import { type Routine, sleep, wait } from '#kernel/coroutine.ts';
import { type Program, resuming } from '#machine/program.ts';
import type { Containerd } from './containerd.ts';
import { SOCKET } from './sandbox.ts';

/** Milliseconds from its start until it answers. */
const BOOT_TIME = 170;

/**
 * containerd as a program: while it runs, there is an answer at its socket. What is killed leaves the socket behind.
 *
 * @param ready tells systemd (sd_notify(3))
 */
export function containerdProgram(containerd: Containerd, version: string, ready: () => void): Program {
  return resuming(function* run(process): Routine<number> {
    const { kernel, files, streams } = process;
    const { log } = containerd;
    log.to((line) => streams.error(`${line}\n`));
    process.onExit(() => {
      containerd.setRunning(false);
      log.to(undefined);
    });
    log.info('starting containerd', { revision: '', version: `v${version}` });
    if (!process.isResumed) yield* sleep(kernel, BOOT_TIME);
    if (files.exists(SOCKET)) files.unlink(SOCKET);
    files.mknod(SOCKET, 'socket');
    files.chmod(SOCKET, 0o660);
    containerd.setRunning(true);
    log.info('serving...', { address: `${SOCKET}.ttrpc` });
    log.info('serving...', { address: SOCKET });
    log.info(`containerd successfully booted in ${(BOOT_TIME / 1000).toFixed(6)}s`);
    ready();
    yield* wait<void>((resume) => {
      for (const signal of ['TERM', 'INT'] as const) process.onSignal(signal, () => resume());
      return undefined;
    });
    log.info('Stop CRI service');
    containerd.setRunning(false);
    files.unlink(SOCKET);
    log.info('Event monitor stopped');
    log.info('Stream server stopped');
    return 0;
  });
}
