import type { Source } from '#kernel/stream.ts';

/** Who is at the other end of a connection, as TLS shows it. */
export interface Peer {
  /** The client's certificate in PEM, when it presented one. */
  readonly certificate?: string;
  /** The address it comes from. */
  readonly address?: string;
}

/** A request between processes. Bodies between processes of one cluster are values; those of real clients are text. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  /** Begins with a slash; no query. */
  readonly path: string;
  readonly query?: Query;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly peer?: Peer;
}

/** The parameters of a query; a name may stand more than once. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An answer: whole, or one that goes on. */
export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Text is sent as it is, any other value as JSON. */
  readonly body?: unknown;
  /** In place of a body: text is sent as it comes, any other value as a line of JSON. */
  readonly stream?: Source<unknown>;
  /** In place of a body: the connection becomes a channel in both directions (exec, attach, port-forward). */
  readonly upgrade?: Duplex;
  /** Milliseconds until it is sent. Clients that call within the cluster, which never wait for an answer, have it at once. */
  readonly delay?: number;
}

/** Bytes in both directions, as strings of one character each, over numbered channels (Kubernetes, remotecommand). */
export interface Duplex {
  /** From the server. */
  readonly output: Source<{ readonly channel: number; readonly data: string }>;
  /** From the client. */
  input(channel: number, data: string): void;
  /** The client ended a channel, or the whole connection. */
  end(channel?: number): void;
}

/** What answers requests. */
export type HttpHandler = (request: HttpRequest) => HttpResponse;

/** One value of a query: the first when there are more. */
export function queryValue(query: Query | undefined, name: string): string | undefined {
  const value = query?.[name];
  return typeof value === 'string' || value === undefined ? value : value[0];
}

/** All values of a query's parameter. */
export function queryValues(query: Query | undefined, name: string): readonly string[] {
  const value = query?.[name];
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

/** Whether a query's parameter says yes: all but `0` and `false` does, a name alone too (apimachinery, pkg/runtime/conversion.go). */
export function queryFlag(query: Query | undefined, name: string): boolean {
  const value = queryValue(query, name);
  return value !== undefined && value !== '0' && value.toLowerCase() !== 'false';
}
