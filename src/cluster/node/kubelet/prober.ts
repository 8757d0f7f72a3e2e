import { Coroutine, type Routine, sleep } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import type { CriRuntime } from '#machine/cri.ts';
import { ConnectError, type Sockets } from '#machine/sockets.ts';
import type { Container, Handler, Pod, Probe } from '../../api/types/pod.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';

export type ProbeKind = 'Startup' | 'Readiness' | 'Liveness';

export interface ProbeTarget {
  readonly pod: Pod;
  readonly container: Container;
  readonly containerId: string;
  readonly podIP: string;
  readonly fieldPath: string;
}

/** Asks containers how they are (pkg/kubelet/prober). Results count once a threshold is reached. */
export class Prober {
  readonly #kernel: Kernel;
  readonly #runtime: CriRuntime;
  readonly #sockets: Sockets;
  readonly #recorder: EventRecorder;
  readonly #changed: (podUid: string) => void;
  readonly #workers = new Map<string, Coroutine<void>>();
  readonly #results = new Map<string, boolean>();

  /** @param changed told of a Pod one of whose results turned */
  constructor(
    kernel: Kernel,
    runtime: CriRuntime,
    sockets: Sockets,
    recorder: EventRecorder,
    changed: (podUid: string) => void,
  ) {
    this.#kernel = kernel;
    this.#runtime = runtime;
    this.#sockets = sockets;
    this.#recorder = recorder;
    this.#changed = changed;
  }

  /** Starts the probes of a container that was started. Readiness and liveness wait for the startup probe. */
  start(target: ProbeTarget): void {
    const { container } = target;
    if (container.startupProbe) this.#begin('Startup', container.startupProbe, target);
    if (container.readinessProbe) this.#begin('Readiness', container.readinessProbe, target);
    if (container.livenessProbe) this.#begin('Liveness', container.livenessProbe, target);
  }

  stop(containerId: string): void {
    for (const kind of ['Startup', 'Readiness', 'Liveness'] as const) {
      const key = `${kind} ${containerId}`;
      this.#workers.get(key)?.cancel();
      this.#workers.delete(key);
      this.#results.delete(key);
    }
  }

  stopAll(): void {
    for (const worker of this.#workers.values()) worker.cancel();
    this.#workers.clear();
  }

  /** What a probe of a container said last; undefined before it said anything. */
  result(kind: ProbeKind, containerId: string): boolean | undefined {
    return this.#results.get(`${kind} ${containerId}`);
  }

  #begin(kind: ProbeKind, probe: Probe, target: ProbeTarget): void {
    const key = `${kind} ${target.containerId}`;
    if (this.#workers.has(key)) return;
    const routine = this.#watch(kind, probe, target, key);
    this.#workers.set(
      key,
      new Coroutine(
        this.#kernel,
        routine,
        () => this.#workers.delete(key),
        () => this.#workers.delete(key),
      ),
    );
  }

  *#watch(kind: ProbeKind, probe: Probe, target: ProbeTarget, key: string): Routine<void> {
    const period = (probe.periodSeconds ?? 10) * 1000;
    const started = this.#kernel.now;
    let inARow = 0;
    let last: boolean | undefined;
    for (;;) {
      yield* sleep(this.#kernel, this.#results.has(key) || kind === 'Startup' ? period : Math.min(period, 1_000));
      if (this.#kernel.now - started < (probe.initialDelaySeconds ?? 0) * 1000) continue;
      if (kind !== 'Startup' && target.container.startupProbe && this.result('Startup', target.containerId) !== true)
        continue;
      const failure = yield* this.#probe(probe, target);
      const isGood = failure === undefined;
      inARow = isGood === last ? inARow + 1 : 1;
      last = isGood;
      if (failure !== undefined) {
        this.#recorder.record(target.pod, 'Warning', 'Unhealthy', `${kind} probe failed: ${failure}`, target.fieldPath);
      }
      const threshold = isGood ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
      if (inARow < threshold) continue;
      const before = this.#results.get(key);
      this.#results.set(key, isGood);
      if (before !== isGood) this.#changed(target.pod.metadata.uid);
      if (kind === 'Startup' && isGood) return;
    }
  }

  /** Undefined when it passes, else why not. */
  *#probe(
    probe: Handler & { readonly timeoutSeconds?: number },
    { container, containerId, podIP }: ProbeTarget,
  ): Routine<string | undefined> {
    if (probe.exec) {
      try {
        const { exitCode, stdout, stderr } = yield* this.#runtime.execSync(
          containerId,
          probe.exec.command ?? [],
          probe.timeoutSeconds ?? 1,
        );
        return exitCode === 0 ? undefined : (stdout + stderr).trimEnd();
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    }
    if (probe.httpGet) {
      const { path = '/', host, scheme = 'HTTP', port } = probe.httpGet;
      return this.#http(scheme, host || podIP, portOf(port, container), path);
    }
    if (probe.tcpSocket) return this.#tcp(probe.tcpSocket.host || podIP, portOf(probe.tcpSocket.port, container));
    return undefined;
  }

  #http(scheme: string, host: string, port: number, path: string): string | undefined {
    const url = `${scheme.toLowerCase()}://${host}:${port}${path}`;
    try {
      const [pathname = '/', query] = path.split('?');
      const { http } = this.#sockets.connect('tcp', host, port).serves;
      const response = http?.({
        method: 'GET',
        path: pathname,
        ...(query && {
          query: Object.fromEntries(query.split('&').map((pair) => pair.split('=') as [string, string])),
        }),
        headers: { 'user-agent': 'kube-probe/1.36' },
      });
      if (!response) return `Get ${JSON.stringify(url)}: EOF`;
      return response.status >= 200 && response.status < 400
        ? undefined
        : `HTTP probe failed with statuscode: ${response.status}`;
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      return `Get ${JSON.stringify(url)}: dial tcp ${host}:${port}: ${error.message}`;
    }
  }

  #tcp(host: string, port: number): string | undefined {
    try {
      this.#sockets.connect('tcp', host, port);
      return undefined;
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      return `dial tcp ${host}:${port}: ${error.message}`;
    }
  }
}

/** A port by its number or by its name in the container. */
export function portOf(port: number | string, container: Container): number {
  if (typeof port === 'number') return port;
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? Number(port);
}
