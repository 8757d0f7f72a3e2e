import { type Routine, sleep, wait } from '#kernel/coroutine.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import { type ProcessContext, type Program, resuming } from '#machine/program.ts';
import { AddressInUse, ConnectError } from '#machine/sockets.ts';
import { readCertificates } from '#x509/certificate.ts';
import { readPrivateKey, readPublicKey } from '#x509/key.ts';
import { type AnyKind, KINDS } from '../api/kinds/kinds.ts';
import type { Node } from '../api/types/core.ts';
import { authenticator } from '../apiserver/authentication/authenticator.ts';
import { ServiceAccountTokens } from '../apiserver/authentication/service-account-tokens.ts';
import { bootstrap } from '../apiserver/bootstrap/bootstrap.ts';
import type { Descriptions } from '../apiserver/discovery/openapi/schemas.ts';
import { ApiServer } from '../apiserver/server.ts';
import { Log } from '../client/log.ts';
import { verifyPem } from '../client/trust.ts';
import type { Store } from '../store/store.ts';
import { componentStatuses } from './component-statuses.ts';
import type { EtcdServer } from './etcd-service.ts';
import { FlagError, type Flags, parseFlags } from './flags.ts';
import { KUBE_APISERVER_FLAGS } from './known-flags.ts';
import { OpenAnswers } from './open-answers.ts';

export interface ApiServerProgramOptions {
  readonly descriptions?: Descriptions;
  /** Served beside the built-in kinds, as if their CustomResourceDefinitions had been applied. */
  readonly customKinds?: readonly AnyKind[];
  readonly decodeProtobuf?: (bytes: string) => unknown;
}

/** How long etcd is waited for before the process gives up, in milliseconds; and how often it is tried. */
const ETCD_DEADLINE = 20_000;
const ETCD_RETRY = 1_000;
/** What starting takes on a machine like a laptop. */
const START_TIME = 900;
/** So long one that stops waits for the answers that go on (`--request-timeout`, which http.Server.Shutdown is given). */
const SHUTDOWN_TIMEOUT = 60_000;
/** etcd's history is compacted this often (`--etcd-compaction-interval`), in milliseconds. */
const COMPACTION = 300_000;

/** kube-apiserver as a program: its flags, its files, its wait for etcd, and then the server itself. */
export function apiServerProgram(options: ApiServerProgramOptions = {}): Program {
  return resuming(function* kubeApiServer(process: ProcessContext): Routine<number> {
    const log = new Log(process.kernel, (line) => process.streams.error(`${line}\n`));
    let flags: Flags;
    try {
      flags = parseFlags(process.argv.slice(1), KUBE_APISERVER_FLAGS);
      checkFiles(process, flags);
    } catch (error) {
      if (error instanceof FlagError) process.streams.error(`Error: ${error.message}\n`);
      else log.plain('E', 'run.go:72', `"command failed" err=${JSON.stringify((error as Error).message)}`);
      return 1;
    }
    log.plain('I', 'options.go:263', `external host was not specified, using ${flags.get('advertise-address') ?? ''}`);
    log.plain('I', 'server.go:150', 'Version: v1.36.4');
    const store = yield* connectEtcd(process, flags, log);
    if (!store) {
      log.plain('E', 'run.go:72', '"command failed" err="error creating storage factory: context deadline exceeded"');
      return 1;
    }
    if (!process.isResumed) yield* sleep(process.kernel, START_TIME);
    const server = start(process, flags, store, options);
    const port = Number(flags.get('secure-port') ?? 6443);
    const answers = new OpenAnswers();
    let listener: { close(): void };
    try {
      listener = process.sockets.listen({
        protocol: 'tcp',
        address: '*',
        port,
        pid: process.pid,
        program: 'kube-apiserver',
        serves: {
          http: answers.of((request) => server.handle(request)),
          certificate: () => readTextIfThere(process.files, flags.get('tls-cert-file') ?? '') ?? '',
        },
      });
      process.onExit(() => {
        listener.close();
        answers.breakOff();
      });
    } catch (error) {
      if (!(error instanceof AddressInUse)) throw error;
      log.plain(
        'E',
        'run.go:72',
        `"command failed" err="failed to create listener: failed to listen on 0.0.0.0:${port}: ${error.message}"`,
      );
      return 1;
    }
    log.plain('I', 'secure_serving.go:214', `Serving securely on [::]:${port}`);
    // It is a client of itself, too (its loopback client).
    process.sockets.connect('tcp', '127.0.0.1', port);
    const compaction = compactNowAndThen(process, store);
    yield* wait<void>((resume) => {
      process.onSignal('TERM', () => resume());
      process.onSignal('INT', () => resume());
      return undefined;
    });
    compaction.cancel();
    log.plain('I', 'controller.go:129', 'Shutting down kubernetes service endpoint reconciler');
    listener.close();
    log.plain('I', 'secure_serving.go:262', `Stopped listening on [::]:${port}`);
    // Watches do not end by themselves: on a cluster that lives it is killed when its grace period is over.
    yield* wait<void>((resume) => {
      const timer = process.kernel.after(SHUTDOWN_TIMEOUT, () => resume());
      answers.whenNone(() => resume());
      return () => timer.cancel();
    });
    return 0;
  });
}

/** Each file that a flag names must be there. @throws Error with the component's words */
function checkFiles({ files }: ProcessContext, flags: Flags): void {
  const must = (flag: string, prefix: string) => {
    const path = flags.get(flag);
    if (path !== undefined && readTextIfThere(files, path) === undefined)
      throw new Error(`${prefix}open ${path}: no such file or directory`);
  };
  must('tls-cert-file', 'loading tls config: ');
  must('client-ca-file', '');
  must('service-account-signing-key-file', 'failed to parse service-account-issuer-key-file: ');
  must('etcd-cafile', '');
  must('etcd-certfile', '');
}

/** Tries until the deadline; undefined when etcd did not answer. */
function* connectEtcd(process: ProcessContext, flags: Flags, log: Log): Routine<Store | undefined> {
  const deadline = process.kernel.now + ETCD_DEADLINE;
  for (;;) {
    try {
      return dialEtcd(process, flags).store;
    } catch (error) {
      if (!(error instanceof EtcdUnreachable)) throw error;
      const { address } = error;
      log.plain(
        'W',
        'logging.go:55',
        `[core] [Channel #1 SubChannel #2] grpc: addrConn.createTransport failed to connect to {Addr: "${address}", ServerName: "${address}", }. Err: connection error: desc = "${error.message}"`,
      );
    }
    if (process.kernel.now + ETCD_RETRY > deadline) return undefined;
    yield* sleep(process.kernel, ETCD_RETRY);
  }
}

class EtcdUnreachable extends Error {
  readonly address: string;
  constructor(address: string, message: string) {
    super(message);
    this.address = address;
  }
}

/** @throws EtcdUnreachable */
function dialEtcd({ sockets, files, kernel }: ProcessContext, flags: Flags): EtcdServer {
  const url = (flags.get('etcd-servers') ?? '').split(',')[0] ?? '';
  const { host = '', port = '' } = /^https?:\/\/(?<host>[^:/]+):(?<port>\d+)/.exec(url)?.groups ?? {};
  const address = `${host}:${port}`;
  let listener: ReturnType<typeof sockets.connect>;
  try {
    listener = sockets.connect('tcp', host, Number(port));
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    throw new EtcdUnreachable(address, `transport: Error while dialing: dial tcp ${address}: ${error.message}`);
  }
  const { certificate, grpc } = listener.serves;
  if (certificate) {
    const roots = readTextIfThere(files, flags.get('etcd-cafile') ?? '') ?? '';
    const result = verifyPem(certificate(), roots, kernel.now, { usages: ['ServerAuth'], host });
    if (!result.ok)
      throw new EtcdUnreachable(
        address,
        `transport: authentication handshake failed: tls: failed to verify certificate: ${result.message}`,
      );
    checkOwn(readTextIfThere(files, flags.get('etcd-certfile') ?? '') ?? '', roots, kernel.now, address);
  }
  if (!grpc) throw new EtcdUnreachable(address, 'transport: authentication handshake failed: EOF');
  return grpc as EtcdServer;
}

/** etcd asks for a certificate too (`--client-cert-auth`), and says no more than that it does not like it. */
function checkOwn(pem: string, roots: string, now: number, address: string): void {
  const result = verifyPem(pem, roots, now, { usages: ['ClientAuth'] });
  if (result.ok) return;
  const alert =
    result.reason === 'Expired'
      ? 'expired certificate'
      : result.reason === 'UnknownAuthority'
        ? 'unknown certificate authority'
        : 'bad certificate';
  throw new EtcdUnreachable(address, `transport: authentication handshake failed: remote error: tls: ${alert}`);
}

function start(process: ProcessContext, flags: Flags, store: Store, options: ApiServerProgramOptions): ApiServer {
  const { kernel, files, sockets } = process;
  const advertised = flags.get('advertise-address') ?? sockets.addresses[0] ?? '';
  const port = Number(flags.get('secure-port') ?? 6443);
  const range = flags.get('service-cluster-ip-range') ?? '10.96.0.0/16';
  const prefix = range.split('.').slice(0, 2).join('.');
  const read = (flag: string) => readTextIfThere(files, flags.get(flag) ?? '') ?? '';
  const check = authentication(process, flags);
  const server = new ApiServer({
    kernel,
    store,
    address: `${advertised}:${port}`,
    serviceRange: prefix,
    ...(options.descriptions && { descriptions: options.descriptions }),
    kinds: [...KINDS, ...(options.customKinds ?? [])],
    ...(options.decodeProtobuf && { decodeProtobuf: options.decodeProtobuf }),
    authenticate: check,
    tokens: (registry) =>
      new ServiceAccountTokens({
        kernel,
        registry,
        issuer: flags.get('service-account-issuer') ?? '',
        signingKey: readPrivateKey(read('service-account-signing-key-file')),
        publicKey: readPublicKey(read('service-account-key-file')),
      }),
    kubelet: (node: Node, request) => {
      const address = node.status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
      const kubeletPort = node.status.daemonEndpoints?.kubeletEndpoint?.Port ?? 10250;
      try {
        const { http } = sockets.connect('tcp', address, kubeletPort).serves;
        if (http) return http(request);
      } catch (error) {
        if (error instanceof ConnectError) throw new Error(`dial tcp ${address}:${kubeletPort}: ${error.message}`);
        throw error;
      }
      throw new Error('EOF');
    },
    components: () => componentStatuses(sockets),
    health: { etcd: () => etcdHealth(process, flags, store) },
  });
  bootstrap(server.registry, {
    address: advertised,
    port,
    serviceAddress: `${prefix}.0.1`,
    authentication: authenticationInfo(process, flags),
  });
  return server;
}

/** By which authorities and headers clients are known; lists are written as JSON. */
function authenticationInfo({ files }: ProcessContext, flags: Flags): Readonly<Record<string, string>> {
  const texts = ['client-ca-file', 'requestheader-client-ca-file'].map((name) => [
    name,
    readTextIfThere(files, flags.get(name) ?? '') ?? '',
  ]);
  const lists = ['allowed-names', 'extra-headers-prefix', 'group-headers', 'username-headers'].map((name) => {
    const value = flags.get(`requestheader-${name}`) ?? '';
    return [`requestheader-${name}`, value === '' ? '' : JSON.stringify(value.split(','))];
  });
  return Object.fromEntries([...texts, ...lists].filter(([, value]) => value !== ''));
}

function authentication(
  process: ProcessContext,
  flags: Flags,
): NonNullable<ConstructorParameters<typeof ApiServer>[0]['authenticate']> {
  const authorities = readCertificates(readTextIfThere(process.files, flags.get('client-ca-file') ?? '') ?? '');
  let check: ReturnType<typeof authenticator> | undefined;
  return (request, tokens) => {
    check ??= authenticator({
      kernel: process.kernel,
      clientAuthorities: authorities,
      token: (token) => tokens?.user(token),
    });
    return check(request);
  };
}

function etcdHealth(process: ProcessContext, flags: Flags, store: Store): string | undefined {
  try {
    // Other data than it began with, as after a restore: what it has in memory is of another world, and only a new process helps.
    return dialEtcd(process, flags).store === store
      ? undefined
      : 'error getting data from etcd: context deadline exceeded';
  } catch (error) {
    return (error as Error).message;
  }
}

/** Keeps the history of two intervals (apiserver, pkg/storage/etcd3/compact.go). */
function compactNowAndThen({ kernel }: ProcessContext, store: Store): { cancel(): void } {
  let last = 0;
  return kernel.every(COMPACTION, () => {
    // The next turn catches up on what was missed while etcd was away.
    if (!store.isOpen) return;
    if (last > store.compactRevision) store.compact(last);
    last = store.revision;
  });
}
