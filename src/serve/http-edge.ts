import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { HttpRequest, HttpResponse, Query } from '#machine/http.ts';

/** Bodies beyond it are not even read; the API server's own limit is below. */
const MAX_BODY = 12 * 1024 * 1024;
/** A watcher that does not read is paused when so many bytes wait in the socket. */
const MAX_WAITING = 256 * 1024;

export type Handle = (request: HttpRequest) => HttpResponse;
/** Does something after so many milliseconds of the cluster's time. */
export type Later = (milliseconds: number, task: () => void) => void;

/** Answers real HTTP requests by a simulated server: text comes in and goes out, streams follow the pace of the client. */
export function httpEdge(handle: Handle, later: Later): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  return (incoming, outgoing) => {
    readBody(incoming).then(
      (body) => {
        answerOrHangUp(handle, incoming, body, outgoing, later);
      },
      (error: unknown) => {
        if (!outgoing.headersSent) outgoing.writeHead(error instanceof TooLarge ? 413 : 400, { connection: 'close' });
        outgoing.end(error instanceof TooLarge ? JSON.stringify(TOO_LARGE) : undefined);
      },
    );
  };
}

class TooLarge extends Error {}

const TOO_LARGE = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'Request entity too large: limit is 3145728',
  reason: 'RequestEntityTooLarge',
  code: 413,
};

async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new TooLarge();
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  // Protobuf is bytes; a simulated server has them as one character each.
  const isBinary = incoming.headers['content-type']?.includes('protobuf');
  return Buffer.concat(chunks).toString(isBinary ? 'latin1' : 'utf8');
}

/** @throws BadTarget */
export function requestOf(incoming: IncomingMessage, body: string | undefined): HttpRequest {
  const { path, query } = targetOf(incoming.url ?? '/');
  const certificate = peerCertificate(incoming);
  return {
    method: (incoming.method ?? 'GET') as HttpRequest['method'],
    path,
    query: queryOf(new URLSearchParams(query)),
    headers: headersOf(incoming),
    ...(body !== undefined && { body }),
    peer: { ...(certificate && { certificate }), address: incoming.socket.remoteAddress ?? '' },
  };
}

/** A request's target whose escapes mean nothing. */
class BadTarget extends Error {}

const ESCAPE = /%(?<code>[0-9a-fA-F]{2})?/g;

/** The path is taken as it comes, but for its escapes: `..` and empty parts mean nothing to Kubernetes, as to Go's net/url. */
function targetOf(target: string): { readonly path: string; readonly query: string } {
  const own = target.replace(/^https?:\/\/[^/?]*/, '');
  const mark = own.indexOf('?');
  const [path, query] = mark < 0 ? [own, ''] : [own.slice(0, mark), own.slice(mark + 1)];
  if (!path.includes('%')) return { path: path || '/', query };
  const bytes = path.replace(ESCAPE, (_, code: string | undefined) => {
    if (code === undefined) throw new BadTarget(target);
    return String.fromCharCode(Number.parseInt(code, 16));
  });
  return { path: Buffer.from(bytes, 'latin1').toString('utf8'), query };
}

function queryOf(parameters: URLSearchParams): Query {
  const query: Record<string, string | string[]> = {};
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    query[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return query;
}

/** A header that comes more than once is one with lines. */
function headersOf({ headersDistinct }: IncomingMessage): Record<string, string> {
  const headers = Object.entries(headersDistinct).map(([name, values]) => [name, (values ?? []).join('\n')]);
  // What HTTP/1.1 means by saying nothing.
  return { connection: 'keep-alive', ...Object.fromEntries(headers) };
}

function peerCertificate({ socket }: IncomingMessage): string | undefined {
  const raw = (socket as TLSSocket).getPeerCertificate?.()?.raw;
  if (!raw) return undefined;
  const lines = raw.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** When nobody listens behind it, a client's connection just ends. */
function answerOrHangUp(
  handle: Handle,
  incoming: IncomingMessage,
  body: string | undefined,
  outgoing: ServerResponse,
  later: Later,
): void {
  let response: HttpResponse;
  try {
    response = handle(requestOf(incoming, body));
  } catch (error) {
    if (error instanceof BadTarget)
      outgoing
        .writeHead(400, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
        .end('400 Bad Request');
    else outgoing.destroy();
    return;
  }
  if (response.delay === undefined) answer(response, outgoing);
  else later(response.delay, () => answer(response, outgoing));
}

function answer(response: HttpResponse, outgoing: ServerResponse): void {
  const { status, headers = {}, body, stream } = response;
  const isText = typeof body === 'string';
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  outgoing.writeHead(status, {
    'content-type': isText ? 'text/plain' : 'application/json',
    'cache-control': 'no-cache, private',
    ...(sent as Record<string, string | string[]>),
  });
  if (stream) sendStream(stream, outgoing);
  else outgoing.end(body === undefined ? undefined : isText ? body : `${JSON.stringify(body)}\n`);
}

function sendStream(stream: NonNullable<HttpResponse['stream']>, outgoing: ServerResponse): void {
  outgoing.flushHeaders();
  stream.read({
    next: (value) => {
      outgoing.write(typeof value === 'string' ? value : `${JSON.stringify(value)}\n`);
      if (outgoing.writableLength > MAX_WAITING) stream.pause();
    },
    end: ({ error }) => {
      if (error) outgoing.destroy();
      else outgoing.end();
    },
  });
  outgoing.on('drain', () => stream.resume());
  outgoing.on('close', () => stream.close());
}
