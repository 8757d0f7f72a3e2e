import { microTimestamp } from '#kernel/calendar.ts';
import { type Routine, sleep } from '#kernel/coroutine.ts';
import type { EtcdRefusal, EtcdService } from '#machine/etcd.ts';
import { type FileSystem, FsError } from '#machine/file-system.ts';
import type { ProcessContext } from '#machine/program.ts';
import { ConnectError } from '#machine/sockets.ts';
import { readCertificate, readCertificates } from '#x509/certificate.ts';
import { readPrivateKey, sameKey } from '#x509/key.ts';
import { verifyCertificate } from '#x509/verify.ts';
import { X509Error } from '#x509/x509-error.ts';
import { CommandError, durationOf, EXIT, type Flags } from './flags.ts';

/** How often an endpoint that does not answer is tried again, in milliseconds. */
const RETRY = 1000;

/** Why there is no connection, in gRPC's words. */
class NotConnected extends Error {}

interface Tls {
  readonly authorities: string;
  readonly certificate?: string;
}

/** Connections to the endpoints of the command line (client/v3). */
export class Client {
  readonly endpoints: readonly string[];
  readonly #process: ProcessContext;
  readonly #flags: Flags;
  readonly #tls: Tls | undefined;

  /** @throws CommandError for files that are not there, or do not belong together */
  constructor(process: ProcessContext, flags: Flags) {
    this.#process = process;
    this.#flags = flags;
    this.endpoints = flags.text('endpoints').split(',');
    this.#tls = tlsOf(process.files, flags);
  }

  /**
   * The first endpoint that answers; what does not answer is waited for.
   *
   * @param method `KV/Range`
   * @throws CommandError `context deadline exceeded`
   */
  *any(method: string): Routine<EtcdService> {
    return yield* this.#wait(this.endpoints, method, 'etcd-client', EXIT.error);
  }

  /** @throws CommandError as `any` */
  *one(endpoint: string, method: string, logger = 'etcd-client'): Routine<EtcdService> {
    return yield* this.#wait([endpoint], method, logger, EXIT.error);
  }

  *stream(endpoint: string, logger: string): Routine<EtcdService> {
    return yield* this.#wait([endpoint], '', logger, EXIT.interrupted);
  }

  /** What the store refuses is told as a client's log does, and ends the command. @throws CommandError */
  ask<T>(method: string, question: () => T, words: (message: string) => string = (message) => message): T {
    try {
      return question();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#failed(
        this.endpoints[0] ?? '',
        method,
        'etcd-client',
        `rpc error: code = ${error.code} desc = ${error.message}`,
      );
      throw new CommandError(words(error.message), EXIT.error);
    }
  }

  log(
    level: string,
    caller: string,
    message: string,
    values: Readonly<Record<string, unknown>>,
    logger?: string,
  ): void {
    const line = {
      level,
      ts: microTimestamp(this.#process.kernel.now),
      ...(logger && { logger }),
      caller,
      msg: message,
      ...values,
    };
    this.#process.streams.error(`${JSON.stringify(line)}\n`);
  }

  *#wait(endpoints: readonly string[], method: string, logger: string, status: number): Routine<EtcdService> {
    const { kernel } = this.#process;
    const deadline = kernel.now + durationOf(this.#flags.text('command-timeout'), 'command-timeout');
    let reason = '';
    for (;;) {
      for (const endpoint of endpoints) {
        try {
          return this.#dial(endpoint);
        } catch (error) {
          if (!(error instanceof NotConnected)) throw error;
          reason = error.message;
        }
      }
      const left = deadline - kernel.now;
      if (left <= 0) break;
      yield* sleep(kernel, Math.min(RETRY, left));
    }
    const why = `rpc error: code = DeadlineExceeded desc = latest balancer error: connection error: desc = "${reason}"`;
    if (method === '')
      this.log(
        'error',
        'v3@v3.6.8/retry_interceptor.go:130',
        'streamer failed to create ClientStream',
        { error: why },
        logger,
      );
    else this.#failed(endpoints[0] ?? '', method, logger, why);
    throw new CommandError('context deadline exceeded', status);
  }

  #failed(endpoint: string, method: string, logger: string, error: string): void {
    const pointer = this.#process.kernel.random.int(2 ** 40).toString(16);
    this.log(
      'warn',
      'v3@v3.6.8/retry_interceptor.go:65',
      'retrying of unary invoker failed',
      {
        target: `etcd-endpoints://0x${pointer}/${endpoint.replace(/^https?:\/\//, '')}`,
        method: `/etcdserverpb.${method}`,
        attempt: 0,
        error,
      },
      logger,
    );
  }

  /** @throws NotConnected */
  #dial(endpoint: string): EtcdService {
    const { sockets, kernel } = this.#process;
    const {
      scheme,
      host = '',
      port = '',
    } = /^(?:(?<scheme>https?):\/\/)?(?<host>[^:/]+):(?<port>\d+)$/.exec(endpoint)?.groups ?? {};
    const address = host === 'localhost' ? '127.0.0.1' : host;
    let serves: ReturnType<typeof sockets.connect>['serves'];
    try {
      ({ serves } = sockets.connect('tcp', address, Number(port)));
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      throw new NotConnected(`transport: Error while dialing: dial tcp ${host}:${port}: ${error.message}`);
    }
    const tls = scheme === 'http' ? undefined : (this.#tls ?? (scheme === 'https' ? { authorities: '' } : undefined));
    const service = serves.grpc as EtcdService | undefined;
    if (serves.certificate && !tls) throw new NotConnected(this.#reset(`${address}:${port}`));
    if (serves.certificate && tls) {
      const shown = this.#flags.has('insecure-skip-tls-verify') ? undefined : serves.certificate();
      const verified =
        shown === undefined
          ? undefined
          : verifyCertificate(readCertificate(shown), readCertificates(tls.authorities), kernel.now, {
              usages: ['ServerAuth'],
              host,
            });
      if (verified && !verified.ok)
        throw new NotConnected(
          `transport: authentication handshake failed: tls: failed to verify certificate: ${verified.message}`,
        );
      const alert = service?.clientAuthorities && this.#alert(service.clientAuthorities(), tls.certificate);
      if (alert) throw new NotConnected(`error reading server preface: remote error: tls: ${alert}`);
    } else if (tls) {
      throw new NotConnected(
        'transport: authentication handshake failed: tls: first record does not look like a TLS handshake',
      );
    }
    if (!service) throw new NotConnected('error reading server preface: EOF');
    return service;
  }

  /** What the server says to who presents itself. */
  #alert(authorities: string, certificate: string | undefined): string | undefined {
    if (certificate === undefined) return 'certificate required';
    const result = verifyCertificate(
      readCertificate(certificate),
      readCertificates(authorities),
      this.#process.kernel.now,
      {
        usages: ['ClientAuth'],
      },
    );
    if (result.ok) return undefined;
    if (result.reason === 'Expired') return 'expired certificate';
    return result.reason === 'UnknownAuthority' ? 'unknown certificate authority' : 'bad certificate';
  }

  /** A server that expects TLS ends the connection of who does not speak it. */
  #reset(peer: string): string {
    const own = this.#process.sockets
      .connections()
      .find((each) => each.pid === this.#process.pid || `${each.peerAddress}:${each.peerPort}` === peer);
    const local = own ? `${own.localAddress}:${own.localPort}` : peer;
    return `error reading server preface: read tcp ${local}->${peer}: read: connection reset by peer`;
  }
}

function isRefusal(error: unknown): error is EtcdRefusal {
  return error instanceof Error && typeof Reflect.get(error, 'code') === 'string' && !(error instanceof FsError);
}

/** Undefined: it speaks in the clear. */
function tlsOf(files: FileSystem, flags: Flags): Tls | undefined {
  const [authority, certificate, key] = ['cacert', 'cert', 'key'].map((name) => flags.text(name));
  if (!authority && !certificate && !key) return undefined;
  if ((certificate === '') !== (key === ''))
    throw new CommandError(
      `KeyFile and CertFile must both be present[key: ${key}, cert: ${certificate}]`,
      EXIT.badArguments,
    );
  const own = certificate ? read(files, certificate) : undefined;
  if (own !== undefined) checkPair(own, read(files, key ?? ''));
  return { authorities: authority ? read(files, authority) : '', ...(own !== undefined && { certificate: own }) };
}

function read(files: FileSystem, path: string): string {
  try {
    return files.readText(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandError(`open ${path}: ${error.message.toLowerCase()}`, EXIT.badArguments);
  }
}

function checkPair(certificate: string, key: string): void {
  let fits: boolean;
  try {
    fits = sameKey(readCertificate(certificate).publicKey, readPrivateKey(key).publicKey);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    throw new CommandError(
      certificate.includes('BEGIN CERTIFICATE')
        ? 'tls: failed to find any PEM data in key input'
        : 'tls: failed to find any PEM data in certificate input',
      EXIT.badArguments,
    );
  }
  if (!fits) throw new CommandError('tls: private key does not match public key', EXIT.badArguments);
}
