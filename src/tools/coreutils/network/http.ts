import { type Routine, wait } from '#kernel/coroutine.ts';
import type { HttpRequest, HttpResponse } from '#machine/http.ts';
import type { ProcessContext } from '#machine/program.ts';
import type { Listener } from '#machine/sockets.ts';

export interface Url {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** With its query. */
  readonly path: string;
}

export function readUrl(text: string): Url | undefined {
  const {
    scheme = 'http',
    host,
    port,
    path = '/',
  } = /^(?:(?<scheme>https?):\/\/)?(?:[^@/]*@)?(?<host>[^:/?#]+)(?::(?<port>\d+))?(?<path>[/?][^#]*)?/.exec(text)
    ?.groups ?? {};
  if (host === undefined || /^[a-z]+:\/\//.test(text) !== /^https?:\/\//.test(text)) return undefined;
  const isSecure = scheme === 'https';
  return {
    scheme: isSecure ? 'https' : 'http',
    host,
    port: Number(port ?? (isSecure ? 443 : 80)),
    path: path.startsWith('/') ? path : `/${path}`,
  };
}

/** The source address that others see: its own, unless it stays on this host. */
function sourceOf({ sockets }: ProcessContext, address: string): string {
  return address.startsWith('127.') ? '127.0.0.1' : (sockets.addresses[0] ?? '127.0.0.1');
}

export interface Fetch {
  readonly method: HttpRequest['method'];
  readonly url: Url;
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks who listens there; undefined when it speaks no HTTP. */
export function fetch(
  process: ProcessContext,
  listener: Listener,
  { method, url, address, headers, body }: Fetch,
): HttpResponse | undefined {
  const { http, certificate } = listener.serves;
  // Who serves TLS hears nothing that makes sense to it, and says so (Go, net/http).
  if (certificate && url.scheme === 'http')
    return { status: 400, headers: {}, body: 'Client sent an HTTP request to an HTTPS server.\n' };
  const [path = '/', query = ''] = url.path.split('?');
  return http?.({
    method,
    path: decode(path),
    ...(query !== '' && { query: readQuery(query) }),
    headers,
    peer: { address: sourceOf(process, address) },
    ...(body !== undefined && { body }),
  });
}

function readQuery(text: string): Readonly<Record<string, string | readonly string[]>> {
  const query: Record<string, string | string[]> = {};
  for (const pair of text.split('&')) {
    const [name = '', ...rest] = pair.split('=');
    const value = decode(rest.join('=').replaceAll('+', ' '));
    const known = query[decode(name)];
    query[decode(name)] = known === undefined ? value : [...(typeof known === 'string' ? [known] : known), value];
  }
  return query;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A body as it is sent: text as it is, all else as JSON. */
export function bodyText({ body, headers }: HttpResponse): string {
  if (body === undefined) return '';
  if (typeof body === 'string') return body;
  // The API server's answers end in a newline.
  const isPretty = String(headers?.['content-type'] ?? '').includes('json');
  return `${JSON.stringify(body, undefined, isPretty ? 2 : undefined)}\n`;
}

/** Shows an answer as it comes. */
export function* copyBody(
  { streams }: ProcessContext,
  response: HttpResponse,
  write: (text: string) => void,
): Routine<void> {
  const { stream } = response;
  if (!stream) {
    write(bodyText(response));
    yield* streams.drain();
    return;
  }
  yield* wait<void>((resume) => {
    stream.read({
      next: (value) => write(typeof value === 'string' ? value : `${JSON.stringify(value)}\n`),
      end: () => resume(),
    });
    return () => stream.close();
  });
}

export function header({ headers = {} }: HttpResponse, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

export function statusLine({ status }: HttpResponse): string {
  return `HTTP/1.1 ${status} ${REASONS[status] ?? ''}`.trimEnd();
}
