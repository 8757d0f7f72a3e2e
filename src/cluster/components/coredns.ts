import { type Routine, sleep, wait } from '#kernel/coroutine.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import { type ProcessContext, type Program, resuming } from '#machine/program.ts';
import { AddressInUse, type DnsAnswer } from '#machine/sockets.ts';
import { service as serviceKind } from '../api/kinds/core/service.ts';
import { endpointSlice as sliceKind } from '../api/kinds/other/endpoint-slice.ts';
import type { Service } from '../api/types/core.ts';
import type { EndpointSlice } from '../api/types/policy.ts';
import { Client } from '../client/client.ts';
import { dial } from '../client/dial.ts';
import { Informer } from '../client/informer.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const DOMAIN = 'cluster.local';
const TTL = 30;
/** `lameduck` of the Corefile's health plugin, in milliseconds: it goes on answering while others still send. */
const LAMEDUCK = 5_000;

/** CoreDNS with the plugin `kubernetes`: names of Services and of what is behind headless ones. */
export const corednsProgram: Program = resuming(function* coredns(process: ProcessContext): Routine<number> {
  const { kernel, streams, env, files, sockets } = process;
  const corefile = readTextIfThere(files, process.argv[process.argv.indexOf('-conf') + 1] ?? '');
  if (corefile === undefined) {
    streams.error('open /etc/coredns/Corefile: no such file or directory\n');
    return 1;
  }
  const connection = dial(kernel, sockets, {
    host: env['KUBERNETES_SERVICE_HOST'] ?? '',
    port: Number(env['KUBERNETES_SERVICE_PORT'] ?? 443),
    authority: readTextIfThere(files, `${ACCOUNT}/ca.crt`) ?? '',
    token: () => (readTextIfThere(files, `${ACCOUNT}/token`) ?? '').trim(),
  });
  const client = new Client(connection, 'coredns');
  const complain = (error: unknown) =>
    streams.out(`[ERROR] plugin/kubernetes: Failed to watch: ${(error as Error).message}\n`);
  const services = new Informer(kernel, client, serviceKind, {}, complain);
  const slices = new Informer(kernel, client, sliceKind, {}, complain);
  slices.index('service', ({ metadata }) => [
    `${metadata.namespace}/${metadata.labels?.['kubernetes.io/service-name']}`,
  ]);
  services.start();
  slices.start();
  process.onExit(() => {
    services.stop();
    slices.stop();
  });
  const zone = new Zone(services, slices);
  const isReady = () => services.hasSynced && slices.hasSynced;
  try {
    listen(process, zone, isReady);
  } catch (error) {
    if (!(error instanceof AddressInUse)) throw error;
    streams.error(`${error.message}\n`);
    return 1;
  }
  streams.out('.:53\n[INFO] plugin/reload: Running configuration SHA512 = 0\nCoreDNS-1.14.2\nlinux/amd64\n');
  yield* wait<void>((resume) => {
    process.onSignal('TERM', () => resume());
    return undefined;
  });
  streams.out(
    '[INFO] SIGTERM: Shutting down servers then terminating\n[INFO] plugin/health: Going into lameduck mode for 5s\n',
  );
  yield* sleep(kernel, LAMEDUCK);
  return 0;
});

function listen({ sockets, pid, onExit }: ProcessContext, zone: Zone, isReady: () => boolean): void {
  const base = { address: '*', pid, program: 'coredns' };
  const dns = (name: string, type: 'A' | 'AAAA' | 'SRV' | 'PTR') => zone.answer(name, type);
  const healthy = (path: string, check: () => boolean) => (request: { readonly path: string }) =>
    request.path !== path
      ? { status: 404, body: '404 page not found\n' }
      : check()
        ? { status: 200, body: 'OK' }
        : { status: 503, body: 'kubernetes' };
  const listeners = [
    sockets.listen({ ...base, protocol: 'udp', port: 53, serves: { dns } }),
    sockets.listen({ ...base, protocol: 'tcp', port: 53, serves: { dns } }),
    sockets.listen({ ...base, protocol: 'tcp', port: 8080, serves: { http: healthy('/health', () => true) } }),
    sockets.listen({ ...base, protocol: 'tcp', port: 8181, serves: { http: healthy('/ready', isReady) } }),
  ];
  onExit(() => {
    for (const listener of listeners) listener.close();
  });
}

/** The names of a cluster (Kubernetes DNS-Based Service Discovery). */
class Zone {
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;

  constructor(services: Informer<Service>, slices: Informer<EndpointSlice>) {
    this.#services = services;
    this.#slices = slices;
  }

  answer(name: string, type: 'A' | 'AAAA' | 'SRV' | 'PTR'): DnsAnswer {
    const labels = name.replace(/\.$/, '').toLowerCase().split('.');
    if (labels.slice(-2).join('.') !== DOMAIN || labels.at(-3) !== 'svc') return NONE;
    const [namespace = '', service = '', ...host] = labels.slice(0, -3).reverse();
    const found = this.#services.get(namespace, service);
    if (!found) return NONE;
    if (found.spec.type === 'ExternalName') return NONE;
    const addresses =
      found.spec.clusterIP === 'None'
        ? this.#endpoints(found, host.reverse().join('.'))
        : host.length === 0
          ? [found.spec.clusterIP ?? '']
          : [];
    if (addresses.length === 0) return NONE;
    if (type !== 'A') return { code: 'NOERROR', records: [] };
    return { code: 'NOERROR', records: addresses.map((data) => ({ name, type: 'A', ttl: TTL, data })) };
  }

  #endpoints({ metadata, spec }: Service, host: string): readonly string[] {
    return this.#slices
      .indexed('service', `${metadata.namespace}/${metadata.name}`)
      .flatMap(({ endpoints }) => endpoints)
      .filter(({ conditions, hostname, addresses }) => {
        const isServed = spec.publishNotReadyAddresses || conditions?.ready !== false;
        return isServed && (host === '' || host === hostname || host === addresses[0]?.replaceAll('.', '-'));
      })
      .flatMap(({ addresses }) => addresses);
  }
}

const NONE: DnsAnswer = { code: 'NXDOMAIN', records: [] };
