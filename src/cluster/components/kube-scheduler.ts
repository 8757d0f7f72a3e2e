import { type Routine, wait } from '#kernel/coroutine.ts';
import type { Timer } from '#kernel/kernel.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from '#machine/http.ts';
import { type ProcessContext, type Program, resuming } from '#machine/program.ts';
import { isReason } from '../api/status.ts';
import { healthReport, type NamedCheck } from '../apiserver/health.ts';
import { Client } from '../client/client.ts';
import { dial } from '../client/dial.ts';
import { actionRecorder } from '../client/event-broadcaster.ts';
import { Informers } from '../client/informers.ts';
import { LeaderElector } from '../client/leader-election.ts';
import { Log } from '../client/log.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import { readKubeconfigFile } from './credentials.ts';
import { FlagError, type Flags } from './flags.ts';
import {
  configurationTold,
  pluginsTold,
  readSchedulerConfiguration,
  type SchedulerConfiguration,
} from './kube-scheduler-configuration.ts';
import { isOn, readSchedulerFlags } from './kube-scheduler-flags.ts';
import { identityOf, listen, selfSigned } from './serving.ts';

/** How often it is looked whether everything is known, in milliseconds (syncedPollPeriod). */
const SYNC_POLL = 100;
const CONFIG_MAP = 'extension-apiserver-authentication';
const REFLECTOR = 'k8s.io/client-go@v0.36.4/tools/cache/reflector.go:343';

/** kube-scheduler as a program: it leads by its Lease, and binds Pods while it does (cmd/kube-scheduler/app, server.go). */
export const schedulerProgram: Program = resuming(function* kubeScheduler(process: ProcessContext): Routine<number> {
  const { streams } = process;
  let flags: Flags;
  try {
    flags = readSchedulerFlags(process.argv.slice(1));
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    streams.error(`Error: ${error.message}\n`);
    return 1;
  }
  if (isOn(flags, 'version')) {
    streams.out('Kubernetes v1.36.4\n');
    return 0;
  }
  const log = new Log(process.kernel, (line) => streams.error(`${line}\n`), Number(flags.get('v')));
  for (const [name, value] of flags) {
    if (log.verbosity >= 1) log.plain('I', 'flags.go:64', `FLAG: --${name}=${JSON.stringify(value)}`);
  }
  let instance: SchedulerInstance;
  try {
    instance = new SchedulerInstance(process, flags, log);
  } catch (error) {
    log.error('run.go:72', 'command failed', { err: messageOf(error) });
    return 1;
  }
  return yield* wait<number>((resume) => {
    process.onSignal('TERM', () => {
      instance.stop();
      log.info('server.go:324', 'Requested to terminate, exiting');
      resume(0);
    });
    process.onExit(() => instance.abandon());
    instance.run(() => {
      instance.stop();
      log.plain('E', 'server.go:328', '"Leaderelection lost"');
      resume(1);
    });
    return undefined;
  });
});

/** A scheduler with what belongs to it: its port, its view of the cluster, its lease. */
class SchedulerInstance {
  readonly #process: ProcessContext;
  readonly #log: Log;
  readonly #client: Client;
  readonly #informers: Informers;
  readonly #scheduler: Scheduler;
  readonly #recorder: ReturnType<typeof actionRecorder>;
  readonly #listener: { close(): void };
  readonly #address: string;
  readonly #leaderElect: boolean;
  /** Whether the API server said how it wants to be authenticated: its authorities are watched then. */
  readonly #knowsAuthorities: boolean;
  #elector: LeaderElector | undefined;
  #timer: Timer | undefined;
  #areHandlersSynced = false;

  /** @throws Error with the scheduler's words for flags and files that are not as they must be */
  constructor(process: ProcessContext, flags: Flags, log: Log) {
    const { kernel, sockets, files } = process;
    this.#process = process;
    this.#log = log;
    const port = Number(flags.get('secure-port'));
    if (port < 1 || port > 65_535) {
      throw new Error(`--secure-port ${port} must be between 1 and 65535, inclusive. It cannot be turned off with 0`);
    }
    if (!flags.get('tls-cert-file')) log.plain('I', 'serving.go:411', 'Generated self-signed cert in-memory');
    const configuration = configurationOf(process, flags);
    this.#leaderElect = configuration.leaderElect;
    const credentials = this.#credentials(configuration.kubeconfig);
    this.#client = new Client(dial(kernel, sockets, credentials), 'kube-scheduler');
    this.#recorder = actionRecorder(kernel, this.#client, 'default-scheduler', process.hostname, process.isResumed);
    const bindAddress = flags.get('bind-address') ?? '';
    this.#address = `${bindAddress}:${port}`;
    const handle: HttpHandler = (request) => this.#serve(request);
    this.#listener = listen(process, 'kube-scheduler', bindAddress, port, handle, selfSigned(process));
    this.#knowsAuthorities = this.#lookUpAuthentication(flags);
    for (const kind of ['authentication', 'authorization']) {
      const path = flags.get(`${kind}-kubeconfig`) ?? '';
      const prefix = `failed to get delegated ${kind} kubeconfig`;
      if (path !== '' && !files.exists(path))
        throw new Error(`${prefix}: ${prefix}: stat ${path}: no such file or directory`);
    }
    log.plain('E', 'options.go:205', 'The manifest file is empty, ignoring.');
    log.verbose(2, 'framework.go:502', 'the scheduler starts to work with those plugins', { Plugins: pluginsTold() });
    log.verbose(2, 'configfile.go:94', 'Using component config', { config: configurationTold(configuration) });
    this.#informers = new Informers(kernel, this.#client, (error, type) => this.#watchFailed(error, type));
    const context = { kernel, client: this.#client, informers: this.#informers, log, recorder: this.#recorder };
    this.#scheduler = new Scheduler(context);
  }

  run(onLost: () => void): void {
    const { kernel } = this.#process;
    const log = this.#log;
    log.info('server.go:178', 'Starting Kubernetes Scheduler', { version: 'v1.36.4' });
    log.info('server.go:180', 'Golang settings', { GOGC: '', GOMAXPROCS: '', GOTRACEBACK: '' });
    this.#watchAuthorities();
    log.plain('I', 'secure_serving.go:214', `Serving securely on ${this.#address}`);
    log.info('tlsconfig.go:243', 'Starting DynamicServingCertificateController');
    this.#informers.start();
    const begin = () => {
      if (!this.#informers.haveSynced) {
        this.#timer = kernel.after(SYNC_POLL, begin);
        return;
      }
      for (const _ of this.#authorities()) log.info('shared_informer.go:409', 'Caches are synced');
      this.#areHandlersSynced = true;
      log.verbose(3, 'server.go:299', 'Handlers synced');
      if (this.#leaderElect) this.#elect(onLost);
      else this.#scheduler.run();
    };
    kernel.soon(begin);
  }

  /** Ends as it was asked to, and says so. */
  stop(): void {
    const log = this.#log;
    this.abandon();
    log.plain('I', 'secure_serving.go:262', `Stopped listening on ${this.#address}`);
    log.info('server.go:272', '[graceful-termination] secure server has stopped listening');
    log.info('tlsconfig.go:258', 'Shutting down DynamicServingCertificateController');
    for (const name of this.#authorities())
      if (name !== '') log.info('configmap_cafile_content.go:226', 'Shutting down controller', { name });
    if (this.#knowsAuthorities) {
      log.plain('I', 'requestheader_controller.go:194', 'Shutting down RequestHeaderAuthRequestController');
    }
    log.info('server.go:274', '[graceful-termination] secure server is exiting');
  }

  /** Ends without a word. */
  abandon(): void {
    this.#timer?.cancel();
    this.#elector?.stop();
    this.#elector = undefined;
    this.#scheduler.stop();
    this.#informers.stop();
    this.#recorder.stop();
    this.#listener.close();
  }

  #elect(onLost: () => void): void {
    this.#elector = new LeaderElector(this.#process.kernel, this.#client, this.#log, {
      name: 'kube-scheduler',
      identity: identityOf(this.#process),
      releases: true,
      onStarted: () => this.#scheduler.run(),
      onLost: () => {
        this.#elector = undefined;
        onLost();
      },
    });
    this.#elector.start();
  }

  /** @throws Error with client-go's words */
  #credentials(path: string): ReturnType<typeof readKubeconfigFile> {
    if (path !== '') return readKubeconfigFile(this.#process.files, path);
    this.#log.plain(
      'W',
      'client_config.go:683',
      'Neither --kubeconfig nor --master was specified.  Using the inClusterConfig.  This might not work.',
    );
    const unset = 'KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined';
    this.#log.plain(
      'W',
      'client_config.go:689',
      `error creating inClusterConfig, falling back to default config: unable to load in-cluster configuration, ${unset}`,
    );
    const why = 'no configuration has been provided, try setting KUBERNETES_MASTER environment variable';
    throw new Error(`invalid configuration: ${why}`);
  }

  /** Clients of its own port are to be known as the API server knows them (apiserver, pkg/server/options, authentication.go). */
  #lookUpAuthentication(flags: Flags): boolean {
    const log = this.#log;
    if (flags.get('authentication-kubeconfig') === '') return false;
    try {
      this.#client.request({ method: 'GET', path: `/api/v1/namespaces/kube-system/configmaps/${CONFIG_MAP}` });
    } catch (error) {
      if (isReason(error, 'Forbidden')) {
        const hint =
          "Usually fixed by 'kubectl create rolebinding -n kube-system ROLEBINDING_NAME --role=extension-apiserver-authentication-reader --serviceaccount=YOUR_NS:YOUR_SA'";
        const message = `Unable to get configmap/${CONFIG_MAP} in kube-system.  ${hint}`;
        log.plain('W', 'requestheader_controller.go:204', message);
      }
      const lookup = `Error looking up in-cluster authentication configuration: ${messageOf(error)}`;
      log.plain('W', 'authentication.go:397', lookup);
      const without = 'Continuing without authentication configuration. This may treat all requests as anonymous.';
      log.plain('W', 'authentication.go:398', without);
      const demand =
        'To require authentication configuration lookup to succeed, set --authentication-tolerate-lookup-failure=false';
      log.plain('W', 'authentication.go:399', demand);
      return false;
    }
    if (log.verbosity >= 2) {
      const loaded = 'Loaded a new request header values for RequestHeaderAuthRequestController';
      log.plain('I', 'requestheader_controller.go:255', loaded);
    }
    return true;
  }

  #watchAuthorities(): void {
    const log = this.#log;
    for (const name of this.#authorities()) {
      if (name !== '') log.info('configmap_cafile_content.go:205', 'Starting controller', { name });
      else log.plain('I', 'requestheader_controller.go:180', 'Starting RequestHeaderAuthRequestController');
      log.info('shared_informer.go:402', 'Waiting for caches to sync');
    }
  }

  /** What is watched of the API server's authorities; empty for the headers of requests. */
  #authorities(): readonly string[] {
    const of = (key: string) => `client-ca::kube-system::${CONFIG_MAP}::${key}`;
    return this.#knowsAuthorities
      ? ['', of('client-ca-file'), of('requestheader-client-ca-file')]
      : [of('client-ca-file')];
  }

  /** Where nobody answers, nothing is said: it is tried again. */
  #watchFailed(error: unknown, type: string): void {
    if (!isReason(error, 'Forbidden', 'Unauthorized')) return;
    this.#log.error('reflector.go:227', 'Failed to watch', {
      err: `failed to list *v1.${type}: ${messageOf(error)}`,
      logger: 'UnhandledError',
      reflector: REFLECTOR,
      type: `*v1.${type}`,
    });
  }

  /** Anybody may ask for health, nobody for anything else: whoever asks is not known here. */
  #serve({ path, query }: HttpRequest): HttpResponse {
    const checks = this.#checks()[path];
    if (checks) return healthReport(path.slice(1), checks, query);
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `forbidden: User "system:anonymous" cannot get path ${JSON.stringify(path)}`,
      reason: 'Forbidden',
      details: {},
      code: 403,
    };
    const headers = { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' };
    return { status: 403, headers, body: JSON.stringify(status, null, 2) };
  }

  /** A leader whose lease ran out ends before anybody could ask. */
  #checks(): Readonly<Record<string, readonly NamedCheck[]>> {
    const passes = () => undefined;
    const leaderElection: readonly NamedCheck[] = this.#leaderElect ? [['leaderElection', passes]] : [];
    const handlers = () => (this.#areHandlersSynced ? undefined : 'handlers are not fully synchronized');
    return {
      '/healthz': leaderElection.length > 0 ? leaderElection : [['ping', passes]],
      '/livez': [['ping', passes]],
      '/readyz': [...leaderElection, ['shutdown', passes], ['sched-handler-sync', handlers]],
    };
  }
}

/** The file of `--config` holds in place of the flags that say the same. @throws Error */
function configurationOf({ files }: ProcessContext, flags: Flags): SchedulerConfiguration {
  const path = flags.get('config') ?? '';
  if (path !== '') return readSchedulerConfiguration(files, path);
  return { kubeconfig: flags.get('kubeconfig') ?? '', leaderElect: isOn(flags, 'leader-elect') };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
