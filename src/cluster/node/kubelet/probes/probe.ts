import type { Routine } from '#kernel/coroutine.ts';
import { CriError, type CriRuntime } from '#machine/cri.ts';
import { ConnectError, type Sockets } from '#machine/sockets.ts';
import type { Container, HttpGet, Probe } from '../../../api/types/pod.ts';

/** What a probe came to; `error` is thrown away by who asked. */
export type ProbeOutcome =
  | { readonly result: 'success' }
  | { readonly result: 'warning' | 'failure' | 'error'; readonly output: string };

/** What is probed. */
export interface ProbeTarget {
  readonly container: Container;
  readonly containerId: string;
  readonly podIP: string;
}

const LONGEST_OUTPUT = 10 * 1024;
const MOST_REDIRECTS = 10;

/** Asks a container once (pkg/probe). */
export function* runProbe(
  runtime: CriRuntime,
  sockets: Sockets,
  { exec, httpGet, tcpSocket, timeoutSeconds = 1 }: Probe,
  target: ProbeTarget,
): Routine<ProbeOutcome> {
  if (exec) return yield* execProbe(runtime, exec.command ?? [], timeoutSeconds, target);
  if (httpGet) return httpProbe(sockets, httpGet, target);
  if (tcpSocket) return tcpProbe(sockets, tcpSocket.host || target.podIP, portOf(tcpSocket.port, target.container));
  return {
    result: 'error',
    output: 'probes by gRPC are not simulated here; on a real cluster the health service would be asked',
  };
}

function* execProbe(
  runtime: CriRuntime,
  command: readonly string[],
  timeout: number,
  { container, containerId }: ProbeTarget,
): Routine<ProbeOutcome> {
  // Only variables with a plain value count in a probe's command.
  const values = new Map((container.env ?? []).map(({ name, value = '' }) => [name, value]));
  const words = command.map((word) =>
    word.replace(/\$\(([^)]*)\)/g, (whole, name: string) => values.get(name) ?? whole),
  );
  try {
    const { exitCode, stdout, stderr } = yield* runtime.execSync(containerId, words, timeout);
    if (exitCode === 0) return { result: 'success' };
    return { result: 'failure', output: (stdout + stderr).slice(0, LONGEST_OUTPUT) };
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    if (error.code !== 'DeadlineExceeded') return { result: 'error', output: error.rpcMessage };
    const text = JSON.stringify(words.join(' '));
    return { result: 'failure', output: `command timed out: ${text} timed out after ${timeout}s` };
  }
}

function httpProbe(sockets: Sockets, get: HttpGet, { container, podIP }: ProbeTarget): ProbeOutcome {
  const { scheme = 'HTTP', host, port, path = '/', httpHeaders = [] } = get;
  const headers = {
    'user-agent': 'kube-probe/1.36',
    accept: '*/*',
    ...Object.fromEntries(httpHeaders.map(({ name, value }) => [name.toLowerCase(), value])),
  };
  let url = `${scheme.toLowerCase()}://${host || podIP}:${portOf(port, container)}${path.startsWith('/') ? '' : '/'}${path}`;
  for (let redirects = 0; redirects < MOST_REDIRECTS; redirects += 1) {
    const {
      address = '',
      number = '',
      rest = '/',
    } = /^https?:\/\/(?<address>[^:/]+)(?::(?<number>\d+))?(?<rest>\/.*)?$/.exec(url)?.groups ?? {};
    const dialed = Number(number || (url.startsWith('https') ? 443 : 80));
    try {
      const [pathname = '/', query = ''] = rest.split('?');
      const parameters = query === '' ? [] : query.split('&').map((pair) => pair.split('=') as [string, string?]);
      const response = sockets.connect('tcp', address === 'localhost' ? '127.0.0.1' : address, dialed).serves.http?.({
        method: 'GET',
        path: pathname,
        query: Object.fromEntries(parameters),
        headers,
      });
      if (!response) return { result: 'failure', output: `Get ${JSON.stringify(url)}: EOF` };
      const location = response.headers?.['location'];
      if (response.status >= 300 && response.status < 400 && typeof location === 'string') {
        const next = location.startsWith('/') ? `http://${address}:${dialed}${location}` : location;
        if (!next.includes(`//${address}`))
          return {
            result: 'warning',
            output: `Probe terminated redirects, Response body: ${String(response.body ?? '')}`,
          };
        url = next;
        continue;
      }
      if (response.status >= 200 && response.status < 400) return { result: 'success' };
      return { result: 'failure', output: `HTTP probe failed with statuscode: ${response.status}` };
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      return {
        result: 'failure',
        output: `Get ${JSON.stringify(url)}: dial tcp ${address}:${dialed}: ${error.message}`,
      };
    }
  }
  return { result: 'failure', output: `Get ${JSON.stringify(url)}: stopped after 10 redirects` };
}

function tcpProbe(sockets: Sockets, host: string, port: number): ProbeOutcome {
  try {
    sockets.connect('tcp', host, port);
    return { result: 'success' };
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return { result: 'failure', output: `dial tcp ${host}:${port}: ${error.message}` };
  }
}

/** A port by its number or by its name in the container. */
export function portOf(port: number | string, { ports = [] }: Container): number {
  if (typeof port === 'number') return port;
  return ports.find(({ name }) => name === port)?.containerPort ?? Number(port);
}
