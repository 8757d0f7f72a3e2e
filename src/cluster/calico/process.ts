import { nanoTimestamp } from '#kernel/calendar.ts';
import { type Routine, sleep, wait } from '#kernel/coroutine.ts';
import type { HttpHandler } from '#machine/http.ts';
import { type ProcessContext, type Program, resuming } from '#machine/program.ts';
import { AddressInUse } from '#machine/sockets.ts';
import { ApiError } from '../api/status.ts';
import { ConnectionError } from '../client/connection.ts';

/** Milliseconds between tries of what must succeed before a program goes on. */
const RETRY = 1_000;

/** A line as Calico's components write it (libcalico-go, lib/logutils). */
export function logLine({ kernel, pid }: ProcessContext, where: string, message: string, level = 'INFO'): string {
  const time = nanoTimestamp(kernel.now).replace('T', ' ').slice(0, 23);
  return `${time} [${level}][${pid}] ${where}: ${message}\n`;
}

/** Until a process is told to end: 0. */
export function untilTold(process: ProcessContext): Routine<number> {
  return wait<number>((resume) => {
    process.onSignal('TERM', () => resume(0));
    process.onSignal('INT', () => resume(0));
    return undefined;
  });
}

/** Tries until the API server answers, and allows it. */
export function* untilDone(process: ProcessContext, where: string, work: () => void): Routine<void> {
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error;
      process.streams.out(logLine(process, where, error.message, 'ERROR'));
    }
    yield* sleep(process.kernel, RETRY);
  }
}

/** A port of this process; one that is taken is somebody else's, as after a container that has not ended yet. */
export function serveHttp(
  process: ProcessContext,
  program: string,
  address: string,
  port: number,
  http: HttpHandler,
): void {
  const { sockets, pid } = process;
  try {
    const listener = sockets.listen({ protocol: 'tcp', address, port, pid, program, serves: { http } });
    process.onExit(() => listener.close());
  } catch (error) {
    if (!(error instanceof AddressInUse)) throw error;
    process.streams.out(logLine(process, `${program}/health.go 1`, error.message, 'ERROR'));
  }
}

/** /liveness and /readiness (libcalico-go, lib/health). */
export function health(isReady: () => boolean): HttpHandler {
  return ({ path }) => {
    if (path === '/liveness') return { status: 204 };
    if (path === '/readiness') return { status: isReady() ? 204 : 503 };
    return { status: 404, body: '404 page not found\n' };
  };
}

/** A program whose work has no effect that is simulated: it runs until it is told to end. */
export const idleProgram: Program = resuming((process) => untilTold(process));
