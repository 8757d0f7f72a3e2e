import type { Kernel } from '#kernel/kernel.ts';
import { type HttpRequest, type HttpResponse, queryFlag, queryValue } from '#machine/http.ts';
import { componentStatus } from '../api/kinds/core/component-status.ts';
import { namespace as namespaceKind } from '../api/kinds/core/namespace.ts';
import { node as nodeKind } from '../api/kinds/core/node.ts';
import { serviceAccount as accountKind } from '../api/kinds/core/service-account.ts';
import { type AnyKind, KINDS } from '../api/kinds/kinds.ts';
import { pod as podKind } from '../api/kinds/pod/pod.ts';
import type { KubeObject } from '../api/object.ts';
import { ApiError, noSuchPath, notFound, type Status } from '../api/status.ts';
import type { ComponentStatus, Node } from '../api/types/core.ts';
import { StoreError } from '../store/errors.ts';
import type { Store } from '../store/store.ts';
import { AdmissionChain } from './admission/chain.ts';
import { namespaceLifecycle } from './admission/namespace-lifecycle.ts';
import { nodeRestriction, taintNodesByCondition } from './admission/node-admission.ts';
import { defaultTolerationSeconds, priorityAdmission } from './admission/pod-defaults.ts';
import { serviceAccountAdmission } from './admission/service-account.ts';
import { serviceAddresses } from './admission/service-addresses.ts';
import { impersonated } from './authentication/impersonation.ts';
import type { ServiceAccountTokens } from './authentication/service-account-tokens.ts';
import { ANONYMOUS, type User } from './authentication/user.ts';
import { Authorizer } from './authorization/authorizer.ts';
import { noEscalation } from './authorization/escalation.ts';
import type { ApiRequest, ServerContext } from './context.ts';
import { Discovery } from './discovery/discovery.ts';
import type { Descriptions } from './discovery/openapi/schemas.ts';
import { type HealthChecks, serveHealth } from './health.ts';
import { parsePath, type RequestInfo } from './path.ts';
import { Registry, resourceOf } from './registry/registry.ts';
import { readBody } from './resources/body.ts';
import { formOfList, formOfObject } from './resources/forms.ts';
import { acceptedForm, checkAccept, mediaTypeOf, STRATEGIC } from './resources/media-types.ts';
import { getList, getObject, includeOf, watchObjects } from './resources/read.ts';
import { objectOfBody } from './resources/sent-object.ts';
import {
  createObject,
  deleteCollection,
  deleteObject,
  patchObject,
  updateObject,
  type Written,
} from './resources/write.ts';
import { checkWriteOptions } from './resources/write-options.ts';
import { answerReview } from './reviews.ts';
import { methodNotAllowed, type Route, Routes } from './routes.ts';
import { finalizeNamespace } from './subresources/finalize.ts';
import { proxyNode, proxyPod } from './subresources/kubelet-proxy.ts';
import { bindPod, evictPod } from './subresources/pod-writes.ts';
import { serveScale } from './subresources/scale.ts';
import { issueToken } from './subresources/token.ts';

export interface ApiServerOptions {
  readonly kernel: Kernel;
  readonly store: Store;
  /** What it serves; the built-in kinds unless it says others. */
  readonly kinds?: readonly AnyKind[];
  /**
   * Who sends a request, by its certificate or its token; undefined when it shows neither.
   *
   * @throws ApiError Unauthorized for credentials that are wrong
   */
  readonly authenticate?: (request: HttpRequest, tokens: ServiceAccountTokens | undefined) => User | undefined;
  /** Gives out tokens of ServiceAccounts, and knows them again; without it there are none. */
  readonly tokens?: (registry: Registry) => ServiceAccountTokens;
  /** Asks a node's kubelet. @throws Error when it does not answer */
  readonly kubelet?: (node: Node, request: HttpRequest) => HttpResponse;
  /** Reads bodies of clients that send protobuf (`decodeObject`); kept apart, since a page has none. */
  readonly decodeProtobuf?: (bytes: string) => unknown;
  /** What `componentstatuses` shows: each is asked when somebody reads. */
  readonly components?: () => readonly ComponentStatus[];
  readonly health?: Partial<HealthChecks>;
  /** Where clients reach the server, as `172.18.0.2:6443`. */
  readonly address?: string;
  /** What `kubectl explain` prints of types and fields. */
  readonly descriptions?: Descriptions;
  /** The first two bytes of `--service-cluster-ip-range`. */
  readonly serviceRange?: string;
}

/** How long a request may take, and one that writes, in milliseconds. */
const REQUEST_TIMEOUT = 60_000;
const WRITE_TIMEOUT = 34_000;

/**
 * kube-apiserver: every request of every client comes through `handle`, is authenticated, authorized, admitted, and answered from etcd.
 * It keeps nothing of its own.
 */
export class ApiServer {
  readonly registry: Registry;
  readonly #context: ServerContext;
  readonly #options: ApiServerOptions;
  readonly #health: HealthChecks;
  readonly #discovery: Discovery;
  readonly #routes: Routes;
  readonly #tokens: ServiceAccountTokens | undefined;

  constructor(options: ApiServerOptions) {
    const { kernel, store } = options;
    this.#options = options;
    this.registry = new Registry(kernel, store);
    const authorizer = new Authorizer(this.registry);
    this.#context = {
      kernel,
      registry: this.registry,
      authorizer,
      admission: new AdmissionChain([
        namespaceLifecycle(this.registry),
        serviceAccountAdmission(kernel, this.registry),
        nodeRestriction(this.registry),
        taintNodesByCondition,
        priorityAdmission(this.registry),
        defaultTolerationSeconds,
        serviceAddresses(kernel, this.registry, options.serviceRange ?? '10.96'),
        noEscalation(this.registry, authorizer),
      ]),
      kubelet: options.kubelet ?? refuse,
      decodeProtobuf: options.decodeProtobuf,
    };
    const { address = '127.0.0.1:6443', descriptions, kinds = KINDS } = options;
    this.#routes = new Routes(kinds);
    this.#tokens = options.tokens?.(this.registry);
    this.#discovery = new Discovery({ kinds, address, ...(descriptions && { descriptions }) });
    this.#health = { etcd: () => undefined, hook: () => undefined, shutdown: () => undefined, ...options.health };
  }

  /** A connection as a user whom nobody needs to authenticate: for tests, and for the server's own parts. */
  connectAs(user: User): (request: HttpRequest) => HttpResponse {
    return (request) => this.#answer(request, () => user);
  }

  /** Answers a request. It never throws: failures are Status objects. */
  handle(request: HttpRequest): HttpResponse {
    return this.#answer(request, () => this.#options.authenticate?.(request, this.#tokens) ?? ANONYMOUS);
  }

  #answer(http: HttpRequest, whoAsks: () => User): HttpResponse {
    const warnings: string[] = [];
    try {
      const response = this.#serve(http, whoAsks(), warnings);
      return warnings.length === 0
        ? response
        : { ...response, headers: { ...response.headers, warning: warnings.map(warningHeader) } };
    } catch (error) {
      if (error instanceof StoreError && error.name === 'ErrStopped') return timedOut(http.method === 'GET');
      return failure(error);
    }
  }

  #serve(http: HttpRequest, sender: User, warnings: string[]): HttpResponse {
    const info = parsePath(http.method, http.path, queryFlag(http.query, 'watch'));
    const { authorizer } = this.#context;
    const user = impersonated(http, sender, info, authorizer);
    const fieldSelector = queryValue(http.query, 'fieldSelector');
    authorizer.check({ ...info, user, ...(fieldSelector !== undefined && { fieldSelector }) });
    if (!info.isResource || !this.#isOfServedGroup(http.path)) return this.#document(http);
    const route = this.#routes.of(http, info);
    const body = this.#bodyOf(http, info, route);
    const request: ApiRequest = { http, info, user, body, isForeign: typeof http.body === 'string', warnings };
    checkWriteOptions(request);
    const { stored, definition } = route;
    if (stored && info.subresource === '') return this.#resource(request, stored);
    const sent = SENDS_OBJECT.has(info.verb) && definition !== undefined;
    const typed = sent ? { ...request, body: objectOfBody(request, { ...route.kind, definition }) } : request;
    if (stored) return this.#subresource(typed, stored);
    const isBinding = info.resource === 'bindings' && info.group === '';
    const review = isBinding ? bindPod(this.#context, typed) : answerReview(this.#context, typed);
    if (!review) throw noSuchPath();
    return { status: 201, body: review };
  }

  /** Bodies of requests that take none are not looked at. */
  #bodyOf(http: HttpRequest, { verb }: RequestInfo, { kind, definition }: Route): unknown {
    const { decodeProtobuf } = this.#context;
    if (verb === 'patch') {
      const isStrategic = mediaTypeOf(http.headers?.['content-type']) === STRATEGIC;
      return readBody(http, decodeProtobuf, { is: 'patch', isStrategic });
    }
    if (verb === 'delete' || verb === 'deletecollection') return readBody(http, decodeProtobuf, { is: 'options' });
    if (!SENDS_OBJECT.has(verb) || definition === undefined) return undefined;
    return readBody(http, decodeProtobuf, { is: 'object', kind: kind.kind });
  }

  #document(http: HttpRequest): HttpResponse {
    const health = serveHealth(http, this.#health);
    if (health) return health;
    const { path, query, headers } = http;
    const isDiscovery = DISCOVERY.test(path);
    if (isDiscovery && http.method !== 'GET' && !AGGREGATED.test(path)) throw methodNotAllowed();
    if (isDiscovery) checkAccept(headers?.['accept'], path.startsWith('/version') ? 'json' : 'object');
    const hash = queryValue(query, 'hash');
    const found = this.#discovery.answer({
      path,
      accept: headers?.['accept'] ?? '',
      ...(hash !== undefined && { hash }),
    });
    if (found?.is === 'text') return { status: found.status, headers: found.headers, body: found.text };
    if (found)
      return { status: 200, headers: { 'content-type': found.contentType, ...found.headers }, body: found.value };
    if (this.#isOfServedGroup(path)) throw noSuchPath();
    return { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: '404 page not found\n' };
  }

  #isOfServedGroup(path: string): boolean {
    const [first, group] = path.split('/').filter((part) => part !== '');
    if (first === 'api' || first === 'version') return true;
    return first === 'apis' && group !== undefined && this.#routes.hasGroup(group);
  }

  #resource(request: ApiRequest, kind: AnyKind): HttpResponse {
    const context = this.#context;
    const { verb } = request.info;
    if (kind === componentStatus) return this.#componentStatus(request);
    this.#options.store.mustBeOpen();
    switch (verb) {
      case 'get':
        return getObject(context, request, kind);
      case 'list':
        return getList(context, request, kind);
      case 'watch':
        return watchObjects(context, request, kind);
      case 'create':
        return this.#written(request, kind, createObject(context, request, kind));
      case 'update':
        return this.#written(request, kind, updateObject(context, request, kind, 'main'));
      case 'patch':
        return this.#written(request, kind, patchObject(context, request, kind, 'main'));
      case 'delete':
        return this.#written(request, kind, deleteObject(context, request, kind));
      default: {
        const items = deleteCollection(context, request, kind);
        const meta = { resourceVersion: `${this.registry.store.revision}` };
        return { status: 200, body: formOfList(kind, items, meta, 'object', 'Metadata', context.kernel.now) };
      }
    }
  }

  #subresource(request: ApiRequest, kind: AnyKind): HttpResponse {
    this.#options.store.mustBeOpen();
    const context = this.#context;
    const { subresource, verb } = request.info;
    const id = `${kind.plural}/${subresource}`;
    if (subresource === 'status' && kind.hasStatus) {
      if (verb === 'get') return getObject(context, request, kind);
      const write = verb === 'patch' ? patchObject : updateObject;
      return this.#written(request, kind, write(context, request, kind, 'status'));
    }
    if (['deployments/scale', 'replicasets/scale', 'statefulsets/scale'].includes(id)) {
      return { status: 200, body: serveScale(context, request, kind) };
    }
    if (kind === podKind) {
      if (subresource === 'binding') return { status: 201, body: bindPod(context, request) };
      if (subresource === 'eviction') return { status: 201, body: evictPod(context, request) };
      if (['log', 'exec', 'attach', 'portforward'].includes(subresource)) return proxyPod(context, request);
    }
    if (kind === accountKind && subresource === 'token' && this.#tokens) {
      return { status: 201, body: issueToken(context, request, this.#tokens) };
    }
    if (kind === nodeKind && subresource === 'proxy') return proxyNode(context, request);
    if (kind === namespaceKind && subresource === 'finalize')
      return { status: 200, body: finalizeNamespace(context, request) };
    throw noSuchPath();
  }

  #componentStatus(request: ApiRequest): HttpResponse {
    const { kernel } = this.#context;
    request.warnings.push(...(componentStatus.warnings?.({} as ComponentStatus) ?? []));
    const all = this.#options.components?.() ?? [];
    const form = acceptedForm(request.http.headers?.['accept']);
    const { name } = request.info;
    if (name === '') {
      return {
        status: 200,
        body: formOfList(componentStatus, all, { resourceVersion: '' }, form, includeOf(request), kernel.now),
      };
    }
    const found = all.find(({ metadata }) => metadata.name === name);
    if (!found) throw notFound(resourceOf(componentStatus), name);
    return { status: 200, body: formOfObject(componentStatus, found, form, includeOf(request), kernel.now) };
  }

  #written(request: ApiRequest, kind: AnyKind, { status, object }: Written): HttpResponse {
    if (object.kind === 'Status') return { status, body: object };
    const form = acceptedForm(request.http.headers?.['accept']);
    return {
      status,
      body: formOfObject(kind, object as KubeObject, form, includeOf(request), this.#context.kernel.now),
    };
  }
}

/** The verbs whose bodies are objects. */
const SENDS_OBJECT: ReadonlySet<string> = new Set(['create', 'update']);

/** A version or a resource that is not there is refused by its group, with a Status; anything else by nobody. */
/** What the aggregator answers, whatever the method. */
const AGGREGATED = /^\/apis(?:\/[^/]+)?\/?$/;

/** What go-restful serves: the rest is behind a mux, which knows paths alone. */
const DISCOVERY = /^\/(?:version\/?$|api(?:$|\/)|apis(?:$|\/))/;

function refuse(): HttpResponse {
  throw new Error('no kubelet is there');
}

/** RFC 7234, as kubectl reads it. */
function warningHeader(text: string): string {
  return `299 - ${JSON.stringify(text)}`;
}

/**
 * What a client hears when etcd does not answer (seen on v1.36.4). A write is given up by its handler, which says so in a Status
 * (endpoints/handlers/finisher); a read by the filter before it, whose answer is no Status that clients know (server/filters/timeout.go).
 */
function timedOut(isRead: boolean): HttpResponse {
  if (!isRead) {
    const words = 'Timeout: request did not complete within requested timeout - context deadline exceeded';
    return { ...failure(new ApiError('Timeout', words, {})), delay: WRITE_TIMEOUT };
  }
  const message = 'Timeout: request did not complete within the allotted timeout';
  const body = { metadata: {}, status: 'Failure', message, reason: 'Timeout', details: {}, code: 504 };
  return { status: 504, body, delay: REQUEST_TIMEOUT };
}

function failure(error: unknown): HttpResponse {
  const status = statusOf(error);
  return { status: status.code ?? 500, body: status };
}

function statusOf(error: unknown): Status {
  if (error instanceof ApiError) return error.status;
  if (error instanceof StoreError) return new ApiError('InternalError', error.message).status;
  // A fault of this server: the real one's words for a panic.
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError(
    'InternalError',
    `This request caused apiserver to panic. Look in the logs for details: ${message}`,
  ).status;
}
