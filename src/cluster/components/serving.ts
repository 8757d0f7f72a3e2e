import { Random } from '#kernel/random.ts';
import { uuid } from '#kernel/uuid.ts';
import type { HttpHandler } from '#machine/http.ts';
import type { ProcessContext } from '#machine/program.ts';
import { AddressInUse } from '#machine/sockets.ts';
import type { Log } from '../client/log.ts';

/** `cp1_` and a UUID: who leads (component-base, leaderelection). */
export function identityOf({ hostname, startedAt, argv }: ProcessContext): string {
  // Of the process, so that one that goes on with a saved machine is still the leader.
  const seed = [...(argv[0] ?? '')].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) | 0, startedAt);
  return `${hostname}_${uuid(new Random(seed))}`;
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
