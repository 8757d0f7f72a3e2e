import { Random } from '#kernel/random.ts';
import { uuid } from '#kernel/uuid.ts';
import type { HttpHandler } from '#machine/http.ts';
import type { ProcessContext } from '#machine/program.ts';
import { AddressInUse } from '#machine/sockets.ts';
import { encodeCertificate, issueCertificate, newSerial } from '#x509/certificate.ts';
import { generateKey } from '#x509/key.ts';
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
  certificate?: () => string,
): { close(): void } {
  try {
    return sockets.listen({
      protocol: 'tcp',
      address,
      port,
      pid,
      program,
      serves: { http, ...(certificate && { certificate }) },
    });
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
    const health: HttpHandler = ({ path }) =>
      ['/healthz', '/livez', '/readyz'].includes(path)
        ? { status: 200, body: 'ok' }
        : { status: 404, body: '404 page not found\n' };
    const listener = listen(process, program, address, port, health, selfSigned(process));
    process.onExit(() => listener.close());
  } catch (error) {
    log.plain('E', 'run.go:72', `"command failed" err=${JSON.stringify((error as Error).message)}`);
    return false;
  }
  log.plain('I', 'secure_serving.go:214', `Serving securely on ${address}:${port}`);
  return true;
}

/** Without a certificate of its own a component makes one that nobody vouches for (component-base, MaybeDefaultWithSelfSignedCerts). */
export function selfSigned({ startedAt, kernel }: ProcessContext): () => string {
  let made: string | undefined;
  return () => {
    made ??= makeSelfSigned(startedAt, kernel.now);
    return made;
  };
}

const YEAR = 365 * 24 * 3_600_000;

function makeSelfSigned(startedAt: number, now: number): string {
  const random = new Random(startedAt | 0);
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => random.int(256));
  const key = generateKey(bytes);
  const subject = { commonName: `localhost@${Math.floor(startedAt / 1000)}`, organizations: [] };
  const issuer = { certificate: 'self', key } as const;
  const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
  const validity = { notBefore: Math.min(startedAt, now) - 3_600_000, notAfter: startedAt + YEAR };
  return encodeCertificate(
    issueCertificate({ subject, issuer, serial: newSerial(bytes), publicKey: key.publicKey, ...validity, ...names }),
  );
}
