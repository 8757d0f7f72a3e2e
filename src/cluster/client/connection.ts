import type { HttpRequest, HttpResponse } from '#machine/http.ts';

/**
 * How a client reaches an API server: by the address and with the credentials of its kubeconfig.
 *
 * @throws ConnectionError when nobody answers
 */
export type Connection = (request: HttpRequest) => HttpResponse;

/** Nobody answers, or not as TLS demands. The message is what Go's net package says: `dial tcp 172.18.0.2:6443: connect: connection refused`. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}
