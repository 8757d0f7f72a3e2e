import type { Source } from '#kernel/stream.ts';
import type { HttpRequest, HttpResponse, Query } from '#machine/http.ts';
import type { Kind } from '../api/kind.ts';
import type { Draft, KubeList, KubeObject } from '../api/object.ts';
import { ApiError, type Status, type StatusDetails } from '../api/status.ts';
import type { Connection } from './connection.ts';

/** What comes over a watch. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T | Status;
}

export interface ListOptions {
  /** Undefined: all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface DeleteRequest {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** The media types of a patch. */
const PATCHES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

/** What a kind's path is made of. */
type Addressed = Pick<Kind, 'group' | 'version' | 'plural' | 'isNamespaced'>;

/** An object that can be addressed. */
type Named = { readonly metadata: { readonly name?: string; readonly namespace?: string } };

/**
 * The door to the cluster for every component: typed requests to the API server, each an HTTP request. Objects that it returns are shared
 * and must not be changed.
 */
export class Client {
  readonly #connection: Connection;
  readonly #headers: Readonly<Record<string, string>>;

  /** @param userAgent the component, as `kube-scheduler` */
  constructor(connection: Connection, userAgent: string) {
    this.#connection = connection;
    this.#headers = { 'content-type': 'application/json', 'user-agent': userAgent };
  }

  /** @throws ApiError NotFound …, ConnectionError */
  get<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined, name: string): T {
    return this.request({ method: 'GET', path: pathOf(kind, namespace, name) }) as T;
  }

  /** Undefined when there is none. @throws ApiError other than NotFound, ConnectionError */
  find<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined, name: string): T | undefined {
    try {
      return this.get(kind, namespace, name);
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
      throw error;
    }
  }

  /** @throws ApiError, ConnectionError */
  list<T extends KubeObject>(kind: Kind<T>, options: ListOptions = {}): KubeList<T> {
    const query = { ...selectors(options), resourceVersion: '0' };
    return this.request({ method: 'GET', path: pathOf(kind, options.namespace), query }) as KubeList<T>;
  }

  /** What happens after a resourceVersion. @throws ApiError, ConnectionError */
  watch<T extends KubeObject>(
    kind: Kind<T>,
    resourceVersion: string,
    options: ListOptions = {},
  ): Source<WatchEvent<T>> {
    const query = { ...selectors(options), watch: 'true', resourceVersion };
    const response = this.#send({ method: 'GET', path: pathOf(kind, options.namespace), query });
    if (!response.stream) throw new Error('a watch was answered without a stream');
    return response.stream as Source<WatchEvent<T>>;
  }

  /** The namespace is the object's own. @throws ApiError AlreadyExists, Invalid …, ConnectionError */
  create<T extends KubeObject>(kind: Kind<T>, object: Draft<T>): T {
    return this.request({ method: 'POST', path: pathOf(kind, object.metadata.namespace), body: object }) as T;
  }

  /** @throws ApiError Conflict …, ConnectionError */
  update<T extends KubeObject>(kind: Kind<T>, object: T): T {
    return this.request({ method: 'PUT', path: addressOf(kind, object), body: object }) as T;
  }

  /** @throws ApiError Conflict …, ConnectionError */
  updateStatus<T extends KubeObject>(kind: Kind<T>, object: T): T {
    return this.request({ method: 'PUT', path: `${addressOf(kind, object)}/status`, body: object }) as T;
  }

  /** @throws ApiError, ConnectionError */
  patch<T extends KubeObject>(
    kind: Kind<T>,
    object: Named,
    patch: unknown,
    type: keyof typeof PATCHES = 'strategic',
    subresource = '',
  ): T {
    const path = addressOf(kind, object) + (subresource === '' ? '' : `/${subresource}`);
    return this.request({ method: 'PATCH', path, body: patch, headers: { 'content-type': PATCHES[type] } }) as T;
  }

  /** @throws ApiError NotFound, Conflict …, ConnectionError */
  delete<T extends KubeObject>(kind: Kind<T>, object: Named, options: DeleteRequest = {}): void {
    this.request({ method: 'DELETE', path: addressOf(kind, object), body: options });
  }

  /** A request of another shape: a subresource, a path that is no resource. @throws ApiError, ConnectionError */
  request(request: HttpRequest): unknown {
    return this.#send(request).body;
  }

  #send(request: HttpRequest): HttpResponse {
    const headers = request.headers ? { ...this.#headers, ...request.headers } : this.#headers;
    const response = this.#connection({ ...request, headers });
    if (response.status >= 400) throw errorOf(response);
    return response;
  }
}

/** `/apis/apps/v1/namespaces/default/deployments/web` */
export function pathOf(kind: Addressed, namespace: string | undefined, name = ''): string {
  const base = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const scope = kind.isNamespaced && namespace ? `/namespaces/${namespace}` : '';
  return `${base}${scope}/${kind.plural}${name === '' ? '' : `/${name}`}`;
}

function addressOf(kind: Addressed, { metadata }: Named): string {
  return pathOf(kind, metadata.namespace, metadata.name);
}

function selectors({ labelSelector, fieldSelector }: ListOptions): Query {
  return { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) };
}

function errorOf({ status, body }: HttpResponse): ApiError {
  const { reason = '', message = String(body), details } = body as Partial<Status>;
  return new ApiError(reason, message, details as StatusDetails | undefined, status);
}
