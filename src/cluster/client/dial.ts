import type { Kernel } from '#kernel/kernel.ts';
import type { HttpRequest, HttpResponse } from '#machine/http.ts';
import { ConnectError, type Sockets } from '#machine/sockets.ts';
import { type Connection, ConnectionError } from './connection.ts';
import { verifyPem } from './trust.ts';

/** What a client of the API server has: where it is, whom it trusts, who it is. */
export interface Credentials {
  readonly host: string;
  readonly port: number;
  /** The authorities that it trusts, in PEM. */
  readonly authority: string;
  readonly certificate?: string;
  readonly token?: () => string;
  /** In the clear, for clients that were told nothing; `https` unless it says so. */
  readonly scheme?: 'http' | 'https';
  /** As errors show the server, where that is not `host:port`. */
  readonly shownHost?: string;
  /** Whatever certificate the server shows is taken. */
  readonly isBlind?: boolean;
}

/** A connection over the network, with TLS. Each request dials, as far as the simulation goes: who is gone is noticed at once. */
export function dial(
  kernel: Kernel,
  sockets: Sockets,
  credentials: Credentials,
  resolve: (host: string) => string = (host) => host,
): Connection {
  const { host, port, authority, certificate, token, scheme = 'https', isBlind = false } = credentials;
  const server = `${scheme}://${credentials.shownHost ?? `${host}:${port}`}`;
  return (request: HttpRequest): HttpResponse => {
    const address = resolve(host);
    const fails = (why: string) => new ConnectionError(`${attemptOf(request, server)}: ${why}`);
    let http: ((request: HttpRequest) => HttpResponse) | undefined;
    try {
      const { serves } = sockets.connect('tcp', address, port);
      const isSecret = serves.certificate !== undefined;
      if (isSecret !== (scheme === 'https') && serves.http) throw fails(otherProtocol(isSecret));
      const why = serves.certificate && !isBlind && complaintOf(kernel, serves.certificate(), authority, host);
      if (why) throw fails(why);
      http = serves.http;
    } catch (error) {
      if (error instanceof ConnectError) throw fails(`dial tcp ${address}:${port}: ${error.message}`);
      throw error;
    }
    if (!http) throw fails('EOF');
    const bearer = token?.();
    return http({
      ...request,
      ...(bearer && { headers: { ...request.headers, authorization: `Bearer ${bearer}` } }),
      peer: { ...(certificate && { certificate }), address: sockets.addresses[0] ?? '127.0.0.1' },
    });
  };
}

/** `Get "https://172.18.0.2:6443/api/v1/pods?resourceVersion=0"` */
function attemptOf({ method, path, query = {} }: HttpRequest, server: string): string {
  const values = Object.entries(query).flatMap(([name, value]) =>
    [value ?? []].flat().map((each) => `${name}=${encodeURIComponent(each)}`),
  );
  const url = `${server}${path}${values.length > 0 ? `?${values.sort().join('&')}` : ''}`;
  return `${method.slice(0, 1)}${method.slice(1).toLowerCase()} ${JSON.stringify(url)}`;
}

/** Go's words for a server that speaks TLS to who does not, and the other way. */
function otherProtocol(isSecret: boolean): string {
  return isSecret
    ? 'Client sent an HTTP request to an HTTPS server.'
    : 'http: server gave HTTP response to HTTPS client';
}

/** Go's words for a certificate that is not to be trusted. */
function complaintOf(kernel: Kernel, shown: string, authority: string, host: string): string | undefined {
  const result = verifyPem(shown, authority, kernel.now, { usages: ['ServerAuth'], host });
  return result.ok ? undefined : `tls: failed to verify certificate: ${result.message}`;
}
