import { parseTime } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { Stream } from '#kernel/stream.ts';
import { type ContainerStatus, CriError, type CriRuntime } from '#machine/cri.ts';
import { type HttpRequest, type HttpResponse, queryFlag, queryValue, queryValues } from '#machine/http.ts';
import type { Pod, PodStatus } from '../../api/types/pod.ts';
import { containerToRead, LogError } from './containers/log-source.ts';
import { formatLog, type LogOptions, selectLines } from './containers/logs.ts';
import type { KubeletFiles } from './files.ts';

export interface KubeletServerOptions {
  readonly kernel: Kernel;
  readonly runtime: CriRuntime;
  readonly files: KubeletFiles;
  /** Pods of this node by namespace and name. */
  readonly pod: (namespace: string, name: string) => Pod | undefined;
  /** As it was reported last, by the Pod's UID. */
  readonly status: (uid: string) => PodStatus | undefined;
  readonly pods: () => readonly Pod[];
}

/** How often a followed log is looked at, in milliseconds; the real one is told by inotify. */
const FOLLOW_PERIOD = 100;

/** What a kubelet answers on port 10250 (pkg/kubelet/server): logs, commands in containers, its health. */
export function kubeletHandler(options: KubeletServerOptions): (request: HttpRequest) => HttpResponse {
  return (request) => {
    const [first = '', namespace = '', name = '', container = ''] = request.path
      .split('/')
      .filter((part) => part !== '');
    switch (first) {
      case 'healthz':
        return { status: 200, body: 'ok' };
      case 'pods':
        return { status: 200, body: { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: options.pods() } };
      case 'containerLogs':
        return serveLogs(options, request, namespace, name, container);
      case 'exec':
      case 'attach':
        return serveExec(options, request, first, namespace, name, container);
      case 'portForward':
        return badRequest(
          'port-forward is not simulated here; on a real cluster the kubelet joins the connection to a port of the Pod',
        );
      default:
        return { status: 404, body: '404 page not found\n' };
    }
  };
}

function serveLogs(
  { kernel, runtime, files, pod: find, status }: KubeletServerOptions,
  { query }: HttpRequest,
  namespace: string,
  name: string,
  container: string,
): HttpResponse {
  const pod = find(namespace, name);
  if (!pod) return { status: 404, body: `pod ${JSON.stringify(name)} does not exist\n` };
  const { containers, initContainers = [] } = pod.spec;
  if (![...containers, ...initContainers].some((each) => each.name === container))
    return { status: 404, body: `container ${JSON.stringify(container)} not found in pod ${JSON.stringify(name)}\n` };
  let id: string;
  let chosen: ContainerStatus;
  try {
    id = containerToRead(pod, status(pod.metadata.uid) ?? pod.status, container, queryFlag(query, 'previous'));
  } catch (error) {
    if (error instanceof LogError) return badRequest(error.message);
    throw error;
  }
  try {
    chosen = runtime.container(id);
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    // The answer has begun by now: what goes wrong comes as text of the log.
    return { status: 200, body: `unable to retrieve container logs for containerd://${id}` };
  }
  const log: LogOptions = {
    timestamps: queryFlag(query, 'timestamps'),
    ...(queryValue(query, 'tailLines') !== undefined && { tailLines: Number(queryValue(query, 'tailLines')) }),
    ...(queryValue(query, 'limitBytes') !== undefined && { limitBytes: Number(queryValue(query, 'limitBytes')) }),
    ...sinceOf(query, kernel.now),
  };
  const read = () => files.read(chosen.logFile) ?? '';
  const text = read();
  const head = formatLog(selectLines(text, log), log);
  if (!queryFlag(query, 'follow')) return { status: 200, body: head };
  return {
    status: 200,
    headers: { 'content-type': 'text/plain' },
    stream: follow(kernel, read, text.length, head, log, () => isOver(runtime, chosen.id)),
  };
}

function badRequest(message: string): HttpResponse {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'BadRequest',
    code: 400,
  };
  return { status: 400, body };
}

function sinceOf(query: HttpRequest['query'], now: number): { readonly since?: number } {
  const seconds = queryValue(query, 'sinceSeconds');
  const time = queryValue(query, 'sinceTime');
  if (seconds !== undefined) return { since: now - Number(seconds) * 1000 };
  return time === undefined ? {} : { since: parseTime(time) };
}

function isOver(runtime: CriRuntime, id: string): boolean {
  try {
    return runtime.container(id).state === 'EXITED';
  } catch {
    return true;
  }
}

function follow(
  kernel: Kernel,
  read: () => string,
  start: number,
  head: string,
  options: LogOptions,
  hasEnded: () => boolean,
): Stream<string> {
  const stream = new Stream<string>(kernel, 100_000);
  if (head !== '') stream.push(head);
  let at = start;
  const { since: _, tailLines: __, ...rest } = options;
  const look = () => {
    // What ended before it was read last has nothing more to say.
    const isLast = hasEnded();
    const text = read();
    const end = text.lastIndexOf('\n') + 1;
    if (end > at) {
      stream.push(formatLog(selectLines(text.slice(at, end), rest), rest));
      at = end;
    }
    if (isLast || !stream.isOpen) {
      timer.cancel();
      stream.finish();
    }
  };
  const timer = kernel.every(FOLLOW_PERIOD, look);
  return stream;
}

function serveExec(
  { runtime, pod: find }: KubeletServerOptions,
  { query }: HttpRequest,
  verb: 'exec' | 'attach',
  namespace: string,
  name: string,
  container: string,
): HttpResponse {
  if (!find(namespace, name)) return { status: 404, body: 'pod does not exist\n' };
  const found = runtime
    .containers()
    .find(
      ({ config, state }) =>
        state === 'RUNNING' &&
        config.name === container &&
        config.labels['io.kubernetes.pod.name'] === name &&
        config.labels['io.kubernetes.pod.namespace'] === namespace,
    );
  if (!found) return { status: 500, body: `container not found (${JSON.stringify(container)})` };
  const options = {
    stdin: queryFlag(query, 'stdin') || queryFlag(query, 'input'),
    stdout: queryFlag(query, 'stdout') || queryFlag(query, 'output'),
    stderr: queryFlag(query, 'stderr') || queryFlag(query, 'error'),
    tty: queryFlag(query, 'tty'),
  };
  try {
    const upgrade =
      verb === 'exec'
        ? runtime.exec(found.id, queryValues(query, 'command'), options)
        : runtime.attach(found.id, options);
    return { status: 101, upgrade };
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    return { status: 500, body: error.message };
  }
}
