import { parse } from 'yaml';
import { type Routine, wait } from '#kernel/coroutine.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import { type ProcessContext, type Program, resuming } from '#machine/program.ts';
import { AddressInUse } from '#machine/sockets.ts';
import { isObject } from '../api/json.ts';
import { Client } from '../client/client.ts';
import type { Connection } from '../client/connection.ts';
import { dial } from '../client/dial.ts';
import { Log } from '../client/log.ts';
import { Proxier } from '../node/kube-proxy/proxier.ts';
import { readKubeconfig } from './credentials.ts';

const HEALTHZ_PORT = 10_256;
const METRICS_PORT = 10_249;
const CONFIG = '--config=';
const HOSTNAME = '--hostname-override=';
/** Milliseconds. */
const MIN_SYNC_PERIOD = 1_000;

interface Configuration {
  readonly clusterCidr: string;
  readonly mode: string;
  readonly connection: Connection;
}

/** kube-proxy with the iptables proxier, as kubeadm runs it on each node (cmd/kube-proxy). */
export const kubeProxyProgram: Program = resuming(function* kubeProxy(process: ProcessContext): Routine<number> {
  const { kernel, streams, argv } = process;
  const log = new Log(kernel, (line) => streams.error(`${line}\n`));
  let configuration: Configuration;
  try {
    configuration = read(process);
  } catch (error) {
    log.plain('E', 'run.go:72', `"command failed" err=${JSON.stringify((error as Error).message)}`);
    return 1;
  }
  const nodeName = argv.find((word) => word.startsWith(HOSTNAME))?.slice(HOSTNAME.length) || process.hostname;
  const { clusterCidr, mode, connection } = configuration;
  if (mode !== 'iptables' && mode !== '') {
    log.plain(
      'E',
      'run.go:72',
      `"command failed" err="the mode ${mode} is not simulated here; on a real cluster it is"`,
    );
    return 1;
  }
  tell(log, process);
  const proxier = new Proxier({
    kernel,
    client: new Client(connection, 'kube-proxy'),
    netfilter: process.sockets.netfilter,
    nodeName,
    clusterCidr,
    minSyncPeriod: MIN_SYNC_PERIOD,
    onSynced: () => {
      for (const [, name] of CONTROLLERS) log.info('shared_informer.go:388', 'Caches are synced', { controller: name });
    },
    onError: (error) =>
      log.error('reflector.go:227', 'Failed to watch', {
        err: (error as Error).message,
        logger: 'UnhandledError',
        reflector: 'k8s.io/client-go/informers/factory.go:161',
      }),
  });
  try {
    serve(process, () => proxier.hasSynced);
  } catch (error) {
    if (!(error instanceof AddressInUse)) throw error;
    log.plain('E', 'server.go:430', `"Healthz server failed" err=${JSON.stringify(error.message)}`);
  }
  proxier.start();
  process.onExit(() => proxier.stop());
  return yield* wait<number>((resume) => {
    process.onSignal('TERM', () => resume(0));
    return undefined;
  });
});

/** @throws Error with the real one's words */
function read({ kernel, argv, files, sockets }: ProcessContext): Configuration {
  const path = argv.find((word) => word.startsWith(CONFIG))?.slice(CONFIG.length) ?? '';
  const text = readTextIfThere(files, path);
  if (text === undefined) throw new Error(`failed complete: open ${path}: no such file or directory`);
  const parsed: unknown = parse(text);
  if (!isObject(parsed)) throw new Error('failed complete: couldn’t get version/kind; the configuration is no object');
  const { clusterCIDR = '', mode = '', clientConnection } = parsed;
  const kubeconfig = isObject(clientConnection) ? String(clientConnection['kubeconfig'] ?? '') : '';
  const credentials = readTextIfThere(files, kubeconfig);
  if (credentials === undefined) throw new Error(`stat ${kubeconfig}: no such file or directory`);
  return {
    clusterCidr: String(clusterCIDR),
    mode: String(mode),
    connection: dial(kernel, sockets, readKubeconfig(credentials, files)),
  };
}

const CONTROLLERS = [
  ['config.go:200', 'service config'],
  ['config.go:403', 'serviceCIDR config'],
  ['config.go:106', 'endpoint slice config'],
  ['config.go:309', 'node config'],
] as const;

function tell(log: Log, { sockets }: ProcessContext): void {
  log.info('shared_informer.go:402', 'Waiting for caches to sync');
  log.info('shared_informer.go:409', 'Caches are synced');
  log.plain('I', 'server.go:228', `"Successfully retrieved NodeIPs" NodeIPs=["${sockets.addresses[0] ?? ''}"]`);
  log.plain(
    'E',
    'server.go:265',
    '"Kube-proxy configuration may be incomplete or incorrect" err="nodePortAddresses is unset; NodePort connections will be accepted on all local IPs. Consider using `--nodeport-addresses primary`"',
  );
  log.info('server_linux.go:114', 'Kernel support disabled for family', { ipFamily: 'IPv6' });
  log.info('server.go:276', 'kube-proxy running in single-stack mode', { ipFamily: 'IPv4' });
  log.info('server_linux.go:137', 'Using iptables Proxier');
  log.info('server.go:539', 'Version info', { version: 'v1.36.4' });
  for (const [where, name] of CONTROLLERS) {
    log.info(where, `Starting ${name} controller`);
    log.info('shared_informer.go:381', 'Waiting for caches to sync', { controller: name });
  }
}

/** @throws AddressInUse */
function serve(process: ProcessContext, isHealthy: () => boolean): void {
  const { sockets, pid } = process;
  const common = { protocol: 'tcp', pid, program: 'kube-proxy' } as const;
  const listeners = [
    sockets.listen({
      ...common,
      address: '*',
      port: HEALTHZ_PORT,
      serves: {
        http: ({ path }) => {
          if (path !== '/healthz' && path !== '/livez') return { status: 404, body: '404 page not found\n' };
          return { status: isHealthy() ? 200 : 503, body: '' };
        },
      },
    }),
    sockets.listen({
      ...common,
      address: '127.0.0.1',
      port: METRICS_PORT,
      serves: {
        http: ({ path }) => {
          if (path === '/proxyMode') return { status: 200, body: 'iptables' };
          return path === '/healthz' ? { status: 200, body: 'ok' } : { status: 404, body: '404 page not found\n' };
        },
      },
    }),
  ];
  process.onExit(() => {
    for (const listener of listeners) listener.close();
  });
}
