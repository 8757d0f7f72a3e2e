import { timestamp } from '#kernel/calendar.ts';
import { type Routine, sleep, wait } from '#kernel/coroutine.ts';
import { CriError, type CriRuntime } from '#machine/cri.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import { type ProcessContext, type Program, resuming } from '#machine/program.ts';
import { AddressInUse } from '#machine/sockets.ts';
import { readCertificate } from '#x509/certificate.ts';
import { Client } from '../client/client.ts';
import type { Connection } from '../client/connection.ts';
import { dial } from '../client/dial.ts';
import { Log } from '../client/log.ts';
import { KubeletFiles } from '../node/kubelet/files.ts';
import { Kubelet } from '../node/kubelet/kubelet.ts';
import type { KubeletProgramOptions } from '../node/kubelet/options.ts';
import { makeKubeletChains } from '../node/netfilter/kubelet-chains.ts';
import { readKubeconfig } from './credentials.ts';
import { FlagError, type Flags, parseFlags } from './flags.ts';
import { KUBELET_FLAGS } from './known-flags.ts';
import { type KubeletConfiguration, readKubeletConfiguration } from './kubelet-config.ts';

const PORT = 10_250;
const HEALTHZ_PORT = 10248;
const RUNTIME = 'unix:///run/containerd/containerd.sock';
/** How long the runtime may take to be there, in milliseconds, and how often it is asked. */
const RUNTIME_DEADLINE = 2_000;
const RUNTIME_RETRY = 500;

/** The kubelet as a program: its flags, its configuration, its credentials, and then the kubelet itself (cmd/kubelet/app/server.go). */
export function kubeletProgram(options: KubeletProgramOptions): Program {
  return resuming(function* kubelet(process: ProcessContext): Routine<number> {
    const { kernel, files, streams, pid } = process;
    const write = (line: string) => streams.error(`${line}\n`);
    let log = new Log(kernel, write, 0, pid);
    try {
      const flags = flagsOf(process);
      const config = readKubeletConfiguration(files, flags.get('config') ?? '');
      log = new Log(kernel, write, Number(flags.get('v') ?? config.verbosity), pid);
      log.info('server.go:545', 'Kubelet version', { kubeletVersion: options.version });
      log.info('server.go:547', 'Golang settings', { GOGC: '', GOMAXPROCS: '', GOTRACEBACK: '' });
      log.info('server.go:985', 'Client rotation is on, will bootstrap in background');
      const connection = connect(process, flags, log);
      checkFile(process, config.clientCAFile);
      yield* waitForRuntime(process, options.runtime, config.containerRuntimeEndpoint);
      run(process, options, flags, config, connection, log);
    } catch (error) {
      if (!(error instanceof StartError)) {
        const isKnown = error instanceof FlagError || (error as Error).message.startsWith('failed to ');
        if (!isKnown) throw error;
      }
      log.error('run.go:72', 'command failed', { err: (error as Error).message });
      return 1;
    }
    yield* wait<void>((resume) => {
      for (const signal of ['TERM', 'INT'] as const) process.onSignal(signal, () => resume());
      return undefined;
    });
    log.info('volume_manager.go:316', 'Shutting down Kubelet Volume Manager');
    log.info('tlsconfig.go:258', 'Shutting down DynamicServingCertificateController');
    return 0;
  });
}

/** Why it does not start. */
class StartError extends Error {
  override readonly name = 'StartError';

  constructor(why: string) {
    super(`failed to run Kubelet: ${why}`);
  }
}

function flagsOf({ argv }: ProcessContext): Flags {
  try {
    return parseFlags(argv.slice(1), KUBELET_FLAGS);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    const { message } = error;
    throw new FlagError(message.startsWith('unknown command') ? message : `failed to parse kubelet flag: ${message}`);
  }
}

/**
 * The connection to the API server as the node, by the file that --kubeconfig names: one that is of no use is looked past, and then there
 * must be the file to begin with (pkg/kubelet/certificate/bootstrap).
 */
function connect(process: ProcessContext, flags: Flags, log: Log): Connection | undefined {
  const { kernel, files, sockets } = process;
  const path = flags.get('kubeconfig');
  if (path === undefined) return undefined;
  const text = readTextIfThere(files, path);
  if (text !== undefined) {
    try {
      const credentials = readKubeconfig(text, files);
      const { notAfter } = readCertificate(credentials.certificate ?? '');
      if (notAfter > kernel.now) {
        const file = /client-certificate: (?<file>\S+)/.exec(text)?.groups?.['file'];
        if (file !== undefined)
          log.info('certificate_store.go:147', 'Loading cert/key pair from a file', { filePath: file });
        return dial(kernel, sockets, credentials);
      }
      log.error('bootstrap.go:266', 'Unhandled Error', {
        err: `part of the existing bootstrap client certificate in ${path} is expired: ${goTime(notAfter)}`,
        logger: 'UnhandledError',
      });
    } catch (error) {
      const why = `error loading config file ${JSON.stringify(path)}: ${(error as Error).message.split('\n')[0]}`;
      log.error('bootstrap.go:242', 'Unhandled Error', {
        err: `unable to read existing bootstrap client config from ${path}: ${why}`,
        logger: 'UnhandledError',
      });
    }
  }
  const first = flags.get('bootstrap-kubeconfig') ?? '';
  const why = files.exists(first) ? 'bootstrapping is not simulated here' : `stat ${first}: no such file or directory`;
  throw new StartError(`unable to load bootstrap kubeconfig: ${why}`);
}

/** As Go prints a time: `2027-11-23 06:00:00 +0000 UTC`. */
function goTime(milliseconds: number): string {
  return `${timestamp(milliseconds).replace('T', ' ').replace('Z', '')} +0000 UTC`;
}

function checkFile({ files }: ProcessContext, path: string | undefined): void {
  if (path !== undefined && !files.exists(path)) throw new StartError(`open ${path}: no such file or directory`);
}

/** cri-client, pkg/remote_runtime.go: the first call must be answered. */
function* waitForRuntime({ kernel }: ProcessContext, runtime: CriRuntime, endpoint: string): Routine<void> {
  const deadline = kernel.now + RUNTIME_DEADLINE;
  for (;;) {
    try {
      if (endpoint !== RUNTIME) throw nothingAt(endpoint);
      runtime.version();
      return;
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      if (kernel.now >= deadline)
        throw new StartError(`failed to create kubelet: get remote runtime typed version failed: ${error.rpcMessage}`);
    }
    yield* sleep(kernel, RUNTIME_RETRY);
  }
}

function nothingAt(endpoint: string): CriError {
  const path = endpoint.replace(/^unix:\/\//, '');
  return new CriError(
    'Unavailable',
    `connection error: desc = "transport: Error while dialing: dial unix ${path}: connect: no such file or directory"`,
  );
}

function run(
  process: ProcessContext,
  options: KubeletProgramOptions,
  flags: Flags,
  config: KubeletConfiguration,
  connection: Connection | undefined,
  log: Log,
): void {
  const { kernel, files, sockets, hostname, pid } = process;
  const { runtime, facts, labels, taints, hostIP } = options;
  const { runtimeName, runtimeVersion } = runtime.version();
  log.info('kuberuntime_manager.go:308', 'Container runtime initialized', {
    containerRuntime: runtimeName,
    version: `v${runtimeVersion}`,
    apiVersion: 'v1',
  });
  makeKubeletChains(sockets.netfilter);
  const kubelet = new Kubelet({
    kernel,
    nodeName: flags.get('hostname-override') ?? hostname,
    hostIP: flags.get('node-ip') ?? hostIP,
    client: connection && new Client(connection, 'kubelet'),
    runtime,
    files: new KubeletFiles(files),
    sockets,
    log,
    staticPodPath: config.staticPodPath,
    facts,
    labels,
    taints,
    providerID: flags.get('provider-id') ?? '',
    isResumed: process.isResumed,
  });
  try {
    const port = sockets.listen({
      protocol: 'tcp',
      address: '*',
      port: PORT,
      pid,
      program: 'kubelet',
      serves: { http: kubelet.handler },
    });
    process.onExit(() => port.close());
  } catch (error) {
    if (!(error instanceof AddressInUse)) throw error;
    log.error('server.go:228', 'Failed to listen and serve', {
      err: `listen tcp 0.0.0.0:${PORT}: bind: address already in use`,
    });
    throw new StartError(error.message);
  }
  serveHealth(process);
  log.info('server.go:193', 'Starting to listen', { address: '0.0.0.0', port: PORT });
  log.info('server.go:1285', 'Started kubelet');
  process.onExit(() => kubelet.stop());
  kubelet.start();
}

/** In the clear, for the machine alone (kubelet.go, `--healthz-port`); a port that is taken is no fault of a kubelet. */
function serveHealth({ sockets, pid, onExit }: ProcessContext): void {
  try {
    const port = sockets.listen({
      protocol: 'tcp',
      address: '127.0.0.1',
      port: HEALTHZ_PORT,
      pid,
      program: 'kubelet',
      serves: {
        http: ({ path }) =>
          path === '/healthz' ? { status: 200, body: 'ok' } : { status: 404, body: '404 page not found\n' },
      },
    });
    onExit(() => port.close());
  } catch (error) {
    if (!(error instanceof AddressInUse)) throw error;
  }
}
