import { type Routine, sleep, wait } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import type { Source } from '#kernel/stream.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import type { Duplex, HttpRequest, HttpResponse } from '#machine/http.ts';
import type { ProcessContext } from '#machine/program.ts';
import { decodeBase64 } from '#x509/base64.ts';
import { ApiError, type Reason, type Status, type StatusDetails } from '../../../cluster/api/status.ts';
import { type Connection, ConnectionError } from '../../../cluster/client/connection.ts';
import { dial } from '../../../cluster/client/dial.ts';
import { resolveHost } from '../../coreutils/network/resolve.ts';
import { CommandError } from '../command/errors.ts';
import { type FlagValues, parseDuration } from '../command/flags.ts';
import { Discovery } from './discovery.ts';
import { type Kubeconfig, type LoadedConfig, loadConfig } from './kubeconfig.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

const RETRIES = 10;
const RETRY_AFTER = 1_000;
const DROPPED = /(?:EOF|connection reset by peer)$/;

/** A cluster and who one is there, after kubeconfig, flags and environment. */
interface Target {
  readonly connection: Connection;
  /** `172.18.0.2:6443` */
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request of kubectl's; what is missing is as usual. */
export interface Wish extends Omit<HttpRequest, 'method'> {
  readonly method?: HttpRequest['method'];
  /** Errors are the caller's to word. */
  readonly raw?: boolean;
}

/** The connection of one invocation of kubectl: made when it is first needed. */
export class Session {
  readonly process: ProcessContext;
  readonly #flags: FlagValues;
  #loaded: LoadedConfig | undefined;
  #target: Target | undefined;
  #discovery: Discovery | undefined;
  readonly #warned = new Set<string>();

  constructor(process: ProcessContext, flags: FlagValues) {
    this.process = process;
    this.#flags = flags;
  }

  /** @throws CommandError */
  get loaded(): LoadedConfig {
    this.#loaded ??= loadConfig(this.process.files, this.#flags.string('kubeconfig'), this.process.env);
    return this.#loaded;
  }

  get config(): Kubeconfig {
    return this.loaded.config;
  }

  /** What the server has. */
  get discovery(): Discovery {
    this.#discovery ??= new Discovery(this);
    return this.#discovery;
  }

  /** Of the flag, the context, the service account, `default`. */
  get namespace(): string {
    const given = this.#flags.string('namespace');
    if (given !== '') return given;
    const own = this.#context()?.namespace;
    if (own) return own;
    if (this.#isInCluster)
      return (readTextIfThere(this.process.files, `${SERVICE_ACCOUNT}/namespace`) ?? '').trim() || 'default';
    return 'default';
  }

  get isNamespaceGiven(): boolean {
    return this.#flags.has('namespace');
  }

  /** Milliseconds after which a request is given up; 0: never. @throws CommandError */
  get timeout(): number {
    const text = this.#flags.string('request-timeout');
    const milliseconds = /^\d*$/.test(text) ? Number(text) * 1_000 : parseDuration(text);
    if (milliseconds === undefined)
      throw new CommandError(
        'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
      );
    return milliseconds;
  }

  get host(): string {
    return this.#reach().host;
  }

  /** Waits for an answer. @throws ApiError, ConnectionError, CommandError */
  *request(wish: Wish): Routine<HttpResponse> {
    void this.timeout;
    const response = yield* this.#persist(wish);
    if (response.delay) yield* this.#patience(response.delay, wish);
    this.#warn(response);
    if (response.status >= 400 && !wish.raw) throw errorOf(response);
    return response;
  }

  /** Who reads tries again for a while where somebody takes the connection and drops it, as a proxy does (client-go, rest/with_retry.go). */
  *#persist(wish: Wish): Routine<HttpResponse> {
    for (let tries = 1; ; tries += 1)
      try {
        return this.send(wish);
      } catch (error) {
        const isDropped = error instanceof ConnectionError && DROPPED.test(error.message);
        if (!isDropped || (wish.method ?? 'GET') !== 'GET' || tries > RETRIES) throw error;
        yield* this.#patience(RETRY_AFTER, wish);
      }
  }

  /** The body of an answer. */
  *json<T = unknown>(wish: Wish): Routine<T> {
    const { body } = yield* this.request(wish);
    return (typeof body === 'string' && body.startsWith('{') ? JSON.parse(body) : body) as T;
  }

  /** @throws ApiError, ConnectionError */
  *stream(wish: Wish): Routine<Source<unknown>> {
    const { timeout } = this;
    const response = yield* this.request(wish);
    if (!response.stream) throw new CommandError('the server answered without a stream');
    return timeout === 0 ? response.stream : endingAfter(this.process.kernel, timeout, response.stream);
  }

  /** @throws ApiError, ConnectionError */
  *upgrade(wish: Wish): Routine<Duplex> {
    const response = yield* this.#upgraded(wish);
    if (!response.upgrade) throw new CommandError('unable to upgrade connection: the server did not');
    return response.upgrade;
  }

  *#upgraded(wish: Wish): Routine<HttpResponse> {
    try {
      return yield* this.request({ method: 'POST', ...wish });
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'Forbidden')
        throw new CommandError(`unable to upgrade connection: ${error.message}`);
      throw error;
    }
  }

  /** Warnings of the server are shown, each once. */
  #warn({ headers }: HttpResponse): void {
    for (const header of [headers?.['warning'] ?? []].flat()) {
      const text = /^299 \S+ "(?<text>.*)"$/s.exec(header)?.groups?.['text']?.replaceAll(/\\(.)/g, '$1');
      if (text === undefined || this.#warned.has(text)) continue;
      this.#warned.add(text);
      this.process.streams.error(`Warning: ${text}\n`);
    }
  }

  send(wish: Wish): HttpResponse {
    const { connection, headers } = this.#reach();
    const { raw: _raw, body, ...request } = wish;
    return connection({
      method: 'GET',
      ...request,
      // As text: the server checks what strangers send, field by field.
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: {
        accept: 'application/json',
        'user-agent': 'kubectl/v1.36.4 (linux/amd64) kubernetes/0000000',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        // What there is was found out before, as oneself: kubectl keeps it on disk.
        ...(request.path !== '/api' && request.path !== '/apis' && headers),
        ...request.headers,
      },
    });
  }

  *#patience(delay: number, { path }: Wish): Routine<void> {
    const limit = this.timeout;
    if (limit > 0 && limit < delay) {
      yield* sleep(this.process.kernel, limit);
      throw new ConnectionError(
        `Get "https://${this.host}${path}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
      );
    }
    yield* sleep(this.process.kernel, delay);
  }

  get #isInCluster(): boolean {
    const { config } = this;
    return (
      !config.clusters?.length && !config.contexts?.length && this.process.env['KUBERNETES_SERVICE_HOST'] !== undefined
    );
  }

  #context() {
    const wanted = this.#flags.string('context') || this.config['current-context'] || '';
    const found = this.config.contexts?.find(({ name }) => name === wanted)?.context;
    if (!found && this.#flags.string('context') !== '')
      throw new CommandError(`context ${JSON.stringify(wanted)} does not exist`);
    if (!found && wanted !== '') {
      throw new CommandError(`Error in configuration: context was not found for specified context: ${wanted}\n`, {
        isWhole: true,
      });
    }
    return found;
  }

  #reach(): Target {
    this.#target ??= this.#makeTarget();
    return this.#target;
  }

  #makeTarget(): Target {
    const { files, kernel, sockets } = this.process;
    const inCluster = this.#isInCluster;
    const context = this.#context();
    const clusterName = this.#flags.string('cluster') || context?.cluster || '';
    const cluster = this.config.clusters?.find(({ name }) => name === clusterName)?.cluster;
    if (!cluster && this.#flags.string('cluster') !== '')
      throw new CommandError(`cluster ${JSON.stringify(clusterName)} does not exist`);
    // `create rolebinding --user` names a subject, not who asks.
    const asked = this.#flags.isSingle('user') ? this.#flags.string('user') : '';
    const userName = asked || context?.user || '';
    const user = this.config.users?.find(({ name }) => name === userName)?.user;
    if (!user && asked !== '') throw new CommandError(`auth info ${JSON.stringify(userName)} does not exist`);
    const file = (entry: Readonly<Record<string, unknown>> | undefined, name: string): string => {
      const data = entry?.[`${name}-data`];
      if (typeof data === 'string' && data !== '') return String.fromCharCode(...decodeBase64(data));
      const path = entry?.[name];
      if (typeof path !== 'string' || path === '') return '';
      const text = readTextIfThere(files, path);
      if (text === undefined)
        throw new CommandError(
          `unable to read ${name} ${path} for ${userName} due to open ${path}: no such file or directory`,
        );
      return text;
    };
    const serviceHost = this.process.env['KUBERNETES_SERVICE_HOST'];
    const given = this.#flags.string('server') || String(cluster?.['server'] ?? '');
    const server = given !== '' ? given : inCluster ? `https://${serviceHost}:443` : 'http://localhost:8080';
    const { scheme, host, port } = splitServer(server);
    const isBlind = this.#flags.bool('insecure-skip-tls-verify') || cluster?.['insecure-skip-tls-verify'] === true;
    const authorityFile = this.#flags.string('certificate-authority');
    const authority = inCluster
      ? (readTextIfThere(files, `${SERVICE_ACCOUNT}/ca.crt`) ?? '')
      : file(authorityFile === '' ? cluster : { 'certificate-authority': authorityFile }, 'certificate-authority');
    const certificate = file(
      this.#flags.string('client-certificate') === ''
        ? user
        : { 'client-certificate': this.#flags.string('client-certificate') },
      'client-certificate',
    );
    const token = this.#flags.string('token') || (typeof user?.['token'] === 'string' ? user['token'] : '');
    const tokenFile = inCluster ? `${SERVICE_ACCOUNT}/token` : user?.['tokenFile'];
    const bearer =
      token !== '' ? token : typeof tokenFile === 'string' ? (readTextIfThere(files, tokenFile) ?? '').trim() : '';
    const shown = server.includes(':', 8) ? `${host}:${port}` : host;
    const connection = dial(
      kernel,
      sockets,
      {
        host,
        port,
        authority,
        scheme,
        shownHost: shown,
        isBlind,
        ...(certificate !== '' && { certificate }),
        ...(bearer !== '' && { token: () => bearer }),
      },
      (name) => resolveHost(this.process, name) ?? name,
    );
    return { connection, host: shown, headers: this.#impersonation() };
  }

  #impersonation(): Readonly<Record<string, string>> {
    const as = this.#flags.string('as');
    const groups = this.#flags.list('as-group');
    if (as === '' && groups.length > 0)
      throw new CommandError('requesting groups or user-extra for  without impersonating a user');
    return {
      ...(as !== '' && { 'impersonate-user': as }),
      ...(groups.length > 0 && { 'impersonate-group': groups.join(',') }),
    };
  }
}

function splitServer(server: string): {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
} {
  const {
    scheme = 'https',
    host = '',
    port,
  } = /^(?:(?<scheme>https?):\/\/)?(?<host>[^:/]+)(?::(?<port>\d+))?/.exec(server)?.groups ?? {};
  if (host === '') throw new CommandError(`parse ${JSON.stringify(server)}: invalid URI for request`);
  return { scheme: scheme === 'http' ? 'http' : 'https', host, port: Number(port ?? (scheme === 'http' ? 80 : 443)) };
}

function errorOf({ status, body, headers }: HttpResponse): ApiError {
  if (typeof body === 'object' && body !== null && (body as Partial<Status>).kind === 'Status') {
    const { reason = '', message = '', details } = body as Partial<Status>;
    return new ApiError(reason, message, details as StatusDetails | undefined, status);
  }
  const text = typeof body === 'string' ? body.trim() : '';
  const said = text === '' ? 'unknown' : text;
  const isText = headers?.['content-type'] !== undefined;
  return new ApiError(
    REASONS[status] ?? '',
    isText || text !== '' ? genericMessage(status, said) : 'unknown',
    undefined,
    status,
  );
}

const REASONS: Readonly<Record<number, Reason>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** What client-go says of an answer that is no Status (apimachinery, NewGenericServerResponse). */
function genericMessage(status: number, said: string): string {
  switch (status) {
    case 404:
      return 'the server could not find the requested resource';
    case 500:
      return `an error on the server (${JSON.stringify(said)}) has prevented the request from succeeding`;
    case 503:
      return 'the server is currently unable to handle the request';
    case 504:
      return 'the server was unable to return a response in the time allotted, but may still be processing the request';
    default:
      return said;
  }
}

/** Reads a stream value by value: each call waits for the next one, and gives undefined at the end. */
export function readerOf<T>(source: Source<T>): () => Routine<T | undefined> {
  const values: T[] = [];
  let isOver = false;
  let wake: (() => void) | undefined;
  source.read({
    next: (value) => {
      values.push(value);
      wake?.();
    },
    end: () => {
      isOver = true;
      wake?.();
    },
  });
  return function* () {
    while (values.length === 0 && !isOver)
      yield* wait<void>((resume) => {
        wake = () => resume();
        return () => {
          wake = undefined;
        };
      });
    return values.shift();
  };
}

/** A client that gives up leaves its stream, and takes what came until then for all of it. */
function endingAfter<T>(kernel: Kernel, milliseconds: number, source: Source<T>): Source<T> {
  return {
    read: (reader) => {
      const timer = kernel.after(milliseconds, () => {
        source.close();
        reader.end({});
      });
      source.read({
        next: (value) => reader.next(value),
        end: (end) => {
          timer.cancel();
          reader.end(end);
        },
      });
    },
    pause: () => source.pause(),
    resume: () => source.resume(),
    close: () => source.close(),
  };
}
