import type { HttpHandler } from '#machine/http.ts';
import type { ProcessContext } from '#machine/program.ts';
import { AddressInUse } from '#machine/sockets.ts';
import type { Log } from '../client/log.ts';

/** `cp1_` and a UUID: who leads (component-base, leaderelection). */
export function identityOf({ hostname, kernel: { random } }: ProcessContext): string {
  const hex = (digits: number) => Array.from({ length: digits }, () => random.int(16).toString(16)).join('');
  return `${hostname}_${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
}

/**
 * Listens where a component serves its health.
 *
 * @throws Error with the component's words for a port that is taken
 */
export function listen(
  { sockets, pid }: ProcessContext,
  program: string,
  address: string,
  port: number,
  http: HttpHandler,
): { close(): void } {
  try {
    return sockets.listen({ protocol: 'tcp', address, port, pid, program, serves: { http } });
  } catch (error) {
    if (!(error instanceof AddressInUse)) throw error;
    throw new Error(`failed to create listener: failed to listen on ${address}:${port}: ${error.message}`);
  }
}

/** Serves the health of a component over HTTPS. Returns whether its port was free. */
export function serveHealthz(
  process: ProcessContext,
  log: Log,
  program: string,
  port: number,
  address = '0.0.0.0',
): boolean {
  try {
    const listener = listen(process, program, address, port, ({ path }) =>
      ['/healthz', '/livez', '/readyz'].includes(path)
        ? { status: 200, body: 'ok' }
        : { status: 404, body: '404 page not found\n' },
    );
    process.onExit(() => listener.close());
  } catch (error) {
    log.plain('E', 'run.go:72', `"command failed" err=${JSON.stringify((error as Error).message)}`);
    return false;
  }
  log.plain('I', 'secure_serving.go:214', `Serving securely on ${address}:${port}`);
  return true;
}
