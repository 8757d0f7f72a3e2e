import type { Routine } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import type { CriRuntime } from '#machine/cri.ts';
import type { Sockets } from '#machine/sockets.ts';
import type { Container, Pod, PodStatus, Probe } from '../../../api/types/pod.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import type { Log } from '../../../client/log.ts';
import { fieldPath, formatName } from '../pods/pod-names.ts';
import { isSidecar } from '../runtime/runtime-pod.ts';
import { type ProbeOutcome, runProbe } from './probe.ts';
import { type ProbeKind, ProbeWorker } from './probe-worker.ts';

export interface ProberOptions {
  readonly kernel: Kernel;
  readonly runtime: CriRuntime;
  readonly sockets: Sockets;
  readonly recorder: EventRecorder;
  readonly log: Log;
  readonly status: (podUid: string) => PodStatus | undefined;
  /** Told of a Pod one of whose results turned. */
  readonly changed: (podUid: string) => void;
}

const KINDS = ['Startup', 'Readiness', 'Liveness'] as const;
/** A probe that could not be carried out is tried again at once, so many times in all. */
const TRIES = 3;

/** Asks containers how they are (pkg/kubelet/prober). */
export class Prober {
  readonly #options: ProberOptions;
  readonly #workers = new Map<string, Map<string, ProbeWorker>>();
  readonly #results = new Map<string, boolean>();

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** Starts the probes of a Pod that are not there yet. They wait for their containers. */
  add(pod: Pod): void {
    const { uid } = pod.metadata;
    for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)]) {
      for (const kind of KINDS) {
        const probe = probeOf(container, kind);
        if (probe) this.#start(uid, pod, container, kind, probe);
      }
    }
  }

  /** Nothing ends by its probes any more; readiness still counts. */
  stopLivenessAndStartup(uid: string): void {
    const workers = this.#workers.get(uid);
    for (const [key, worker] of workers ?? []) {
      if (key.startsWith('Readiness')) continue;
      worker.stop();
      workers?.delete(key);
    }
  }

  remove(uid: string): void {
    for (const worker of this.#workers.get(uid)?.values() ?? []) worker.stop();
    this.#workers.delete(uid);
  }

  stopAll(): void {
    for (const uid of [...this.#workers.keys()]) this.remove(uid);
  }

  /** What counts of a container; undefined before its probe has said anything. */
  result(kind: ProbeKind, containerId: string): boolean | undefined {
    return this.#results.get(`${kind} ${containerId}`);
  }

  /** Asks containers whether they are ready that have started and are not known to be. */
  hurry(uid: string, { containerStatuses = [], initContainerStatuses = [] }: PodStatus): void {
    for (const { name, started, ready } of [...containerStatuses, ...initContainerStatuses])
      if (started && !ready) this.#workers.get(uid)?.get(`Readiness ${name}`)?.trigger();
  }

  #start(uid: string, pod: Pod, container: Container, kind: ProbeKind, probe: Probe): void {
    const workers = this.#workers.get(uid) ?? new Map<string, ProbeWorker>();
    this.#workers.set(uid, workers);
    const key = `${kind} ${container.name}`;
    if (workers.has(key)) return;
    workers.set(
      key,
      new ProbeWorker({
        kernel: this.#options.kernel,
        kind,
        pod,
        container,
        probe,
        status: () => this.#options.status(uid),
        ask: (status, id) => this.#ask(kind, pod, container, probe, status, id),
        set: (id, result) => this.#set(uid, kind, id, result),
        onEnd: () => workers.delete(key),
      }),
    );
  }

  #set(uid: string, kind: ProbeKind, id: string, result: boolean | undefined): void {
    const key = `${kind} ${id}`;
    if (this.#results.get(key) === result) return;
    if (result === undefined) this.#results.delete(key);
    else {
      this.#results.set(key, result);
      this.#options.changed(uid);
    }
  }

  *#ask(
    kind: ProbeKind,
    pod: Pod,
    container: Container,
    probe: Probe,
    { podIP = '' }: PodStatus,
    containerId: string,
  ): Routine<ProbeOutcome> {
    const { runtime, sockets, recorder, log } = this.#options;
    let outcome: ProbeOutcome = { result: 'error', output: '' };
    for (let tries = 0; tries < TRIES && outcome.result === 'error'; tries += 1) {
      outcome = yield* runProbe(runtime, sockets, probe, { container, containerId, podIP });
      if (outcome.result === 'error' && probe.exec)
        log.plain(
          'E',
          'remote_runtime.go:636',
          `"ExecSync cmd from runtime service failed" err=${JSON.stringify(outcome.output)} containerID="${containerId}" cmd=${JSON.stringify(probe.exec.command ?? [])}`,
        );
    }
    if (outcome.result === 'success') return outcome;
    const { result, output } = outcome;
    const reason = result === 'warning' ? 'ProbeWarning' : 'Unhealthy';
    const verb = { warning: 'warning', failure: 'failed', error: 'errored and resulted in unknown state' }[result];
    recorder.record(pod, 'Warning', reason, `${kind} probe ${verb}: ${output}`, fieldPath(pod, container));
    if (result === 'failure')
      log.verbose(1, 'prober.go:120', 'Probe failed', {
        probeType: kind,
        pod: formatName(pod),
        podUID: pod.metadata.uid,
        containerName: container.name,
        probeResult: 'failure',
        output,
      });
    return outcome;
  }
}

function probeOf({ startupProbe, readinessProbe, livenessProbe }: Container, kind: ProbeKind): Probe | undefined {
  return { Startup: startupProbe, Readiness: readinessProbe, Liveness: livenessProbe }[kind];
}
