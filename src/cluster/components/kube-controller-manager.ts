import { type Routine, wait } from '#kernel/coroutine.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import { type ProcessContext, type Program, resuming } from '#machine/program.ts';
import { serviceAccount as accountKind } from '../api/kinds/core/service-account.ts';
import { isReason } from '../api/status.ts';
import { Client } from '../client/client.ts';
import type { Connection } from '../client/connection.ts';
import { dial } from '../client/dial.ts';
import { EventRecorder } from '../client/event-recorder.ts';
import { Informers } from '../client/informers.ts';
import { LeaderElector } from '../client/leader-election.ts';
import { Log } from '../client/log.ts';
import { startClusterRoleAggregation } from '../controllers/clusterrole-aggregation/clusterrole-aggregation.ts';
import type { Controller, ControllerContext, StartController } from '../controllers/controller.ts';
import { startCronJob } from '../controllers/cronjob/cronjob.ts';
import { startDaemonSet } from '../controllers/daemonset/daemonset.ts';
import { startDeployment } from '../controllers/deployment/deployment.ts';
import { startEndpoints } from '../controllers/endpoints/endpoints.ts';
import { startEndpointSlice } from '../controllers/endpointslice/endpointslice.ts';
import { startGarbageCollector } from '../controllers/garbage-collector/garbage-collector.ts';
import { startJob } from '../controllers/job/job.ts';
import { startNamespace } from '../controllers/namespace/namespace.ts';
import { startNodeIpam } from '../controllers/node-ipam/node-ipam.ts';
import { startNodeLifecycle } from '../controllers/node-lifecycle/node-lifecycle.ts';
import { startNodeTtl } from '../controllers/node-ttl/node-ttl.ts';
import { startPodGc } from '../controllers/pod-gc/pod-gc.ts';
import { startReplicaSet } from '../controllers/replicaset/replicaset.ts';
import { startRootCa } from '../controllers/root-ca/root-ca.ts';
import { startServiceAccount } from '../controllers/serviceaccount/serviceaccount.ts';
import { startStatefulSet } from '../controllers/statefulset/statefulset.ts';
import { startTaintEviction } from '../controllers/taint-eviction/taint-eviction.ts';
import { startTtlAfterFinished } from '../controllers/ttl-after-finished/ttl-after-finished.ts';
import { readKubeconfig } from './credentials.ts';
import { FlagError, type Flags, parseFlags } from './flags.ts';
import { KUBE_CONTROLLER_MANAGER_FLAGS } from './known-flags.ts';
import { identityOf, serveHealthz } from './serving.ts';

/** A controller by the name that `--controllers` knows, and the ServiceAccount that it acts as. */
interface Entry {
  readonly name: string;
  readonly account: string;
  readonly start: (flags: Flags, process: ProcessContext) => StartController;
}

const CONTROLLERS: readonly Entry[] = [
  { name: 'serviceaccount-controller', account: 'service-account-controller', start: () => startServiceAccount },
  {
    name: 'root-ca-certificate-publisher-controller',
    account: 'root-ca-cert-publisher',
    start:
      (flags, { files }) =>
      (context) =>
        startRootCa(context, { rootCa: readTextIfThere(files, flags.get('root-ca-file') ?? '') ?? '' }),
  },
  { name: 'namespace-controller', account: 'namespace-controller', start: () => startNamespace },
  { name: 'garbage-collector-controller', account: 'generic-garbage-collector', start: () => startGarbageCollector },
  {
    name: 'pod-garbage-collector-controller',
    account: 'pod-garbage-collector',
    start: () => (context) => startPodGc(context),
  },
  {
    name: 'ttl-after-finished-controller',
    account: 'ttl-after-finished-controller',
    start: () => startTtlAfterFinished,
  },
  {
    name: 'clusterrole-aggregation-controller',
    account: 'clusterrole-aggregation-controller',
    start: () => startClusterRoleAggregation,
  },
  { name: 'endpoints-controller', account: 'endpoint-controller', start: () => (context) => startEndpoints(context) },
  {
    name: 'endpointslice-controller',
    account: 'endpointslice-controller',
    start: () => (context) => startEndpointSlice(context),
  },
  { name: 'replicaset-controller', account: 'replicaset-controller', start: () => startReplicaSet },
  { name: 'deployment-controller', account: 'deployment-controller', start: () => startDeployment },
  { name: 'daemonset-controller', account: 'daemon-set-controller', start: () => startDaemonSet },
  { name: 'statefulset-controller', account: 'statefulset-controller', start: () => startStatefulSet },
  { name: 'job-controller', account: 'job-controller', start: () => startJob },
  { name: 'cronjob-controller', account: 'cronjob-controller', start: () => startCronJob },
  { name: 'node-ipam-controller', account: 'node-controller', start: () => (context) => startNodeIpam(context) },
  {
    name: 'node-lifecycle-controller',
    account: 'node-controller',
    start:
      (flags, { isResumed }) =>
      (context) => {
        const grace = flags.get('node-monitor-grace-period');
        const period = grace === undefined ? {} : { nodeMonitorGracePeriod: durationOf(grace) };
        return startNodeLifecycle(context, { ...period, isResumed });
      },
  },
  { name: 'ttl-controller', account: 'ttl-controller', start: () => startNodeTtl },
  { name: 'taint-eviction-controller', account: 'node-controller', start: () => startTaintEviction },
];

/** kube-controller-manager as a program: it leads by its Lease, and runs the controllers while it does. */
export const controllerManagerProgram: Program = resuming(function* kubeControllerManager(
  process: ProcessContext,
): Routine<number> {
  const { kernel, streams, files } = process;
  const log = new Log(kernel, (line) => streams.error(`${line}\n`), 0);
  let flags: Flags;
  let connection: Connection;
  try {
    flags = parseFlags(process.argv.slice(1), KUBE_CONTROLLER_MANAGER_FLAGS);
    const path = flags.get('kubeconfig') ?? '';
    const text = readTextIfThere(files, path);
    if (text === undefined) throw new Error(`stat ${path}: no such file or directory`);
    connection = dial(kernel, process.sockets, readKubeconfig(text, files));
  } catch (error) {
    if (error instanceof FlagError) streams.error(`Error: ${error.message}\n`);
    else log.plain('E', 'run.go:72', `"command failed" err=${JSON.stringify((error as Error).message)}`);
    return 1;
  }
  log.info('controllermanager.go:204', 'Starting', { version: 'v1.36.4' });
  if (
    !serveHealthz(
      process,
      log,
      'kube-controller-manager',
      Number(flags.get('secure-port') ?? 10257),
      flags.get('bind-address'),
    )
  )
    return 1;
  const client = new Client(connection, 'kube-controller-manager');
  const manager = new ControllerManager(process, log, flags, connection);
  const code = yield* wait<number>((resume) => {
    const elector = new LeaderElector(kernel, client, log, {
      name: 'kube-controller-manager',
      identity: identityOf(process),
      onStarted: () => manager.start(),
      onLost: () => {
        log.plain('E', 'controllermanager.go:340', '"leaderelection lost"');
        resume(1);
      },
    });
    elector.start();
    process.onExit(() => elector.stop());
    // It does not listen to signals: this is how a Go program dies of one that is process 1.
    process.onSignal('TERM', () => resume(2));
    return undefined;
  });
  return code;
});

/** The controllers of a manager that leads. */
class ControllerManager {
  readonly #process: ProcessContext;
  readonly #log: Log;
  readonly #flags: Flags;
  readonly #connection: Connection;
  readonly #root: Client;
  readonly #running: Controller[] = [];

  constructor(process: ProcessContext, log: Log, flags: Flags, connection: Connection) {
    this.#process = process;
    this.#log = log;
    this.#flags = flags;
    this.#connection = connection;
    this.#root = new Client(connection, 'kube-controller-manager');
  }

  start(): void {
    const { kernel } = this.#process;
    const informers = new Informers(kernel, this.#root, (error) => {
      this.#log.error('reflector.go:227', 'Failed to watch', {
        err: error instanceof Error ? error.message : String(error),
      });
    });
    for (const entry of CONTROLLERS) {
      if (!isEnabled(entry.name, this.#flags.get('controllers') ?? '*')) {
        this.#log.warning('controllermanager.go:744', 'Controller is disabled', { controller: entry.name });
        continue;
      }
      this.#log.info('controllermanager.go:776', 'Starting controller', { controller: entry.name });
      this.#running.push(entry.start(this.#flags, this.#process)(this.#contextOf(entry.account, informers)));
      this.#log.info('controllermanager.go:805', 'Started controller', { controller: entry.name });
    }
    informers.start();
    this.#process.onExit(() => {
      informers.stop();
      for (const controller of this.#running) controller.stop();
    });
  }

  #contextOf(account: string, informers: Informers): ControllerContext {
    const { kernel } = this.#process;
    const client = new Client(this.#asAccount(account), `kube-controller-manager/${account}`);
    return {
      kernel,
      client,
      informers,
      log: this.#log,
      recorder: (component) => new EventRecorder(kernel, client, { component }),
    };
  }

  /** `--use-service-account-credentials`: each controller may do what its own account may. The token is asked for when it is first needed. */
  #asAccount(account: string): Connection {
    if (this.#flags.get('use-service-account-credentials') !== 'true') return this.#connection;
    let token: { readonly text: string; readonly until: number } | undefined;
    const { kernel } = this.#process;
    return (request) => {
      if (!token || kernel.now >= token.until) token = this.#tokenFor(account);
      const { peer: _, ...rest } = request;
      return this.#anonymous({ ...rest, headers: { ...request.headers, authorization: `Bearer ${token.text}` } });
    };
  }

  /** The same server, without the manager's own certificate. */
  #anonymous: Connection = (request) => {
    const { files, kernel, sockets } = this.#process;
    const credentials = readKubeconfig(readTextIfThere(files, this.#flags.get('kubeconfig') ?? '') ?? '', files);
    const { certificate: _, ...others } = credentials;
    this.#anonymous = dial(kernel, sockets, others);
    return this.#anonymous(request);
  };

  #tokenFor(account: string): { readonly text: string; readonly until: number } {
    const namespace = 'kube-system';
    try {
      if (!this.#root.find(accountKind, namespace, account)) {
        this.#root.create(accountKind, {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: account, namespace },
        });
      }
    } catch (error) {
      if (!isReason(error, 'AlreadyExists')) throw error;
    }
    const answer = this.#root.request({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: TOKEN_SECONDS },
      },
    }) as { readonly status: { readonly token: string } };
    return { text: answer.status.token, until: this.#process.kernel.now + TOKEN_SECONDS * 800 };
  }
}

/** A token is renewed after four fifths of its time. */
const TOKEN_SECONDS = 3600;

/** `*,-deployment-controller`: all but one (controller-manager/app.IsControllerEnabled). */
function isEnabled(name: string, controllers: string): boolean {
  const list = controllers.split(',').map((each) => each.trim());
  if (list.includes(`-${name}`)) return false;
  return list.includes(name) || list.includes('*');
}

/** Go's durations of whole units, in milliseconds: `40s`, `5m0s`. */
function durationOf(text: string): number {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|h|m|s)/g)) total += Number(amount) * (units[unit ?? ''] ?? 0);
  return total;
}
