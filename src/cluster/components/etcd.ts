import { timestamp } from '#kernel/calendar.ts';
import { type Routine, wait } from '#kernel/coroutine.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import type { HttpHandler } from '#machine/http.ts';
import { type ProcessContext, type Program, resuming } from '#machine/program.ts';
import { AddressInUse, ConnectError } from '#machine/sockets.ts';
import { type EtcdData, type EtcdDisk, InvalidDatabase, openEtcdData } from './etcd-data.ts';
import { EtcdServer } from './etcd-service.ts';
import { FlagError, type Flags, parseFlags } from './flags.ts';
import { ETCD_FLAGS } from './known-flags.ts';

/** etcd as a program: one member, its data in `--data-dir`. */
export function etcdProgram(disk: EtcdDisk): Program {
  return resuming(function* etcd(process: ProcessContext): Routine<number> {
    const log = jsonLog(process);
    let flags: Flags;
    try {
      flags = parseFlags(process.argv.slice(1), ETCD_FLAGS);
    } catch (error) {
      if (!(error instanceof FlagError)) throw error;
      const name = /--(?<name>[\w-]+)/.exec(error.message)?.groups?.['name'] ?? '';
      process.streams.error(
        `flag provided but not defined: -${name}\nUsage:\n\n  etcd [flags]\n    Start an etcd server.\n`,
      );
      log('warn', 'etcdmain/etcd.go:75', 'failed to verify flags', {
        error: `flag provided but not defined: -${name}`,
      });
      return 1;
    }
    log('info', 'etcdmain/etcd.go:64', 'Running: ', { args: process.argv });
    for (const name of ['cert-file', 'key-file', 'trusted-ca-file'] as const) {
      const path = flags.get(name);
      if (path === undefined || readTextIfThere(process.files, path) !== undefined) continue;
      log('fatal', 'etcdmain/etcd.go:175', 'discovery failed', { error: `open ${path}: no such file or directory` });
      return 1;
    }
    const directory = flags.get('data-dir') ?? 'default.etcd';
    let data: EtcdData;
    try {
      data = openEtcdData(process, disk, directory);
    } catch (error) {
      if (!(error instanceof InvalidDatabase)) throw error;
      log('panic', 'backend/backend.go:202', 'failed to open database', {
        path: error.message,
        error: 'invalid database',
      });
      return 2;
    }
    log('info', 'etcdmain/etcd.go:124', 'Initialize and start etcd server', {
      'data-dir': directory,
      'dir-type': data.isOld ? 'member' : 'empty',
    });
    const { store } = data;
    store.open();
    process.onExit(() => store.close());
    const server = serverOf(process, flags, data);
    try {
      serve(process, flags, server);
    } catch (error) {
      if (!(error instanceof AddressInUse)) throw error;
      log('fatal', 'etcdmain/etcd.go:175', 'discovery failed', { error: error.message });
      return 1;
    }
    log('info', 'embed/serve.go:103', 'ready to serve client requests');
    log('info', 'etcdmain/main.go:44', 'notifying init daemon');
    for (const url of (flags.get('listen-client-urls') ?? '').split(',')) {
      log('info', 'embed/serve.go:275', 'serving client traffic securely', {
        traffic: 'grpc+http',
        address: url.replace(/^https?:\/\//, ''),
      });
    }
    yield* wait<void>((resume) => {
      for (const signal of ['TERM', 'INT'] as const) {
        process.onSignal(signal, () => {
          log('info', 'osutil/interrupt_unix.go:65', 'received signal; shutting down', {
            signal: signal === 'TERM' ? 'terminated' : 'interrupt',
          });
          resume();
        });
      }
      return undefined;
    });
    log('info', 'embed/etcd.go:426', 'closed etcd server', { name: server.member.name, 'data-dir': directory });
    return 0;
  });
}

function serverOf({ kernel, files }: ProcessContext, flags: Flags, data: EtcdData): EtcdServer {
  const authorities = flags.get('trusted-ca-file');
  return new EtcdServer({
    kernel,
    data,
    name: flags.get('name') ?? 'default',
    peerUrls: (flags.get('initial-advertise-peer-urls') ?? 'http://localhost:2380').split(','),
    clientUrls: (flags.get('advertise-client-urls') ?? 'http://localhost:2379').split(','),
    token: flags.get('initial-cluster-token') ?? 'etcd-cluster',
    ...(flags.get('client-cert-auth') === 'true' &&
      authorities !== undefined && { clientAuthorities: () => readTextIfThere(files, authorities) ?? '' }),
  });
}

function serve({ sockets, pid, files, onExit }: ProcessContext, flags: Flags, server: EtcdServer): void {
  const certificate = () => readTextIfThere(files, flags.get('cert-file') ?? '') ?? '';
  const listen = (urls: string, serves: Parameters<typeof sockets.listen>[0]['serves']) => {
    for (const url of urls.split(',').filter((each) => each !== '')) {
      const { host = '', port = '' } = /^https?:\/\/(?<host>[^:]+):(?<port>\d+)/.exec(url)?.groups ?? {};
      const listener = sockets.listen({
        protocol: 'tcp',
        address: host,
        port: Number(port),
        pid,
        program: 'etcd',
        serves,
      });
      onExit(() => listener.close());
    }
  };
  listen(flags.get('listen-client-urls') ?? 'http://localhost:2379', { grpc: server, http: health, certificate });
  listen(flags.get('listen-peer-urls') ?? 'http://localhost:2380', { certificate });
  listen(flags.get('listen-metrics-urls') ?? '', { http: health });
  dialItself(sockets, flags.get('listen-client-urls') ?? 'http://localhost:2379');
}

/** Its gateway of HTTP asks it over gRPC. */
function dialItself(sockets: ProcessContext['sockets'], urls: string): void {
  const { host = '', port = '' } = /^https?:\/\/(?<host>[^:]+):(?<port>\d+)/.exec(urls)?.groups ?? {};
  try {
    sockets.connect('tcp', host, Number(port));
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
  }
}

/** etcd, server/etcdserver/api/etcdhttp/health.go */
const health: HttpHandler = ({ path }) => {
  if (path === '/health') return { status: 200, body: '{"health":"true","reason":""}' };
  if (path === '/livez' || path === '/readyz') return { status: 200, body: 'ok\n' };
  return { status: 404, body: '404 page not found\n' };
};

type Write = (level: string, caller: string, message: string, values?: Readonly<Record<string, unknown>>) => void;

/** zap's lines of JSON. */
function jsonLog({ kernel, streams }: ProcessContext): Write {
  return (level, caller, msg, values = {}) => {
    const micros = `${timestamp(kernel.now).slice(0, 19)}.${String(kernel.now % 1000).padStart(3, '0')}000Z`;
    streams.error(`${JSON.stringify({ level, ts: micros, caller, msg, ...values })}\n`);
  };
}
