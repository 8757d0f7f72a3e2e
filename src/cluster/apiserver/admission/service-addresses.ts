import type { Kernel } from '#kernel/kernel.ts';
import { type FieldError, invalidValue } from '../../api/field-error.ts';
import { service as serviceKind } from '../../api/kinds/core/service.ts';
import { invalid } from '../../api/status.ts';
import type { Service, ServicePort } from '../../api/types/core.ts';
import type { Registry } from '../registry/registry.ts';
import type { AdmissionPlugin } from './chain.ts';

/** `--service-node-port-range` */
const LOWEST_PORT = 30_000;
const HIGHEST_PORT = 32_767;
const OUT_OF_RANGE = `provided port is not in the valid range. The range of valid ports is ${LOWEST_PORT}-${HIGHEST_PORT}`;
/** `--service-cluster-ip-range` of 16 bits: addresses are given from behind the part that is kept for those who ask for one. */
const KEPT = 256;
const HOSTS = 65_534;

/**
 * Addresses and node ports of Services (pkg/registry/core/service/storage.alloc). What is taken is read from the Services that are
 * there, so nothing leaks.
 *
 * @param prefix the first two bytes of the range, `10.96`
 */
export function serviceAddresses(kernel: Kernel, registry: Registry, prefix: string): AdmissionPlugin {
  return (object, { kind, operation, subresource }) => {
    if (kind !== serviceKind || operation === 'DELETE' || subresource !== '') return object;
    const service = object as Service;
    const { namespace, name } = service.metadata;
    const others = (registry.all(serviceKind) as readonly Service[]).filter(
      ({ metadata }) => metadata.name !== name || metadata.namespace !== namespace,
    );
    const before = registry.find({ kind: serviceKind, namespace, name }) as Service | undefined;
    const errors: FieldError[] = [];
    const spec = withPorts(
      kernel,
      withAddress(kernel, service.spec, before?.spec, others, prefix, errors),
      before?.spec,
      others,
      errors,
    );
    if (errors.length > 0) throw invalid('', 'Service', name, errors);
    return { ...service, spec };
  };
}

type Spec = Service['spec'];

function withAddress(
  kernel: Kernel,
  spec: Spec,
  before: Spec | undefined,
  others: readonly Service[],
  prefix: string,
  errors: FieldError[],
): Spec {
  if (spec.type === 'ExternalName') {
    const { clusterIP: _, clusterIPs: __, ipFamilies: ___, ipFamilyPolicy: ____, ...rest } = spec;
    return rest;
  }
  const families = { ipFamilies: spec.ipFamilies ?? ['IPv4'], ipFamilyPolicy: spec.ipFamilyPolicy ?? 'SingleStack' };
  const wanted = spec.clusterIP || before?.clusterIP || '';
  if (wanted === 'None') return { ...spec, ...families, clusterIP: 'None', clusterIPs: ['None'] };
  const taken = new Set(others.map((other) => other.spec.clusterIP));
  if (wanted === '') {
    const address = freeAddress(kernel, prefix, taken);
    return { ...spec, ...families, clusterIP: address, clusterIPs: [address] };
  }
  if (wanted !== before?.clusterIP) {
    if (!wanted.startsWith(`${prefix}.`)) {
      const detail = `failed to allocate IP ${wanted}: the provided network does not match the current range`;
      errors.push(invalidValue('spec.clusterIPs', [wanted], detail));
    } else if (taken.has(wanted)) {
      errors.push(
        invalidValue('spec.clusterIPs', [wanted], `failed to allocate IP ${wanted}: provided IP is already allocated`),
      );
    }
  }
  return { ...spec, ...families, clusterIP: wanted, clusterIPs: [wanted] };
}

function freeAddress({ random }: Kernel, prefix: string, taken: ReadonlySet<string | undefined>): string {
  for (;;) {
    const host = KEPT + random.int(HOSTS - KEPT);
    const address = `${prefix}.${host >> 8}.${host & 255}`;
    if (!taken.has(address)) return address;
  }
}

function withPorts(
  { random }: Kernel,
  spec: Spec,
  before: Spec | undefined,
  others: readonly Service[],
  errors: FieldError[],
): Spec {
  if (!spec.ports) return spec;
  const hasPorts = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  if (!hasPorts) return { ...spec, ports: spec.ports.map(withoutNodePort) };
  const idOf = ({ nodePort, protocol }: ServicePort) => `${nodePort}/${protocol}`;
  const taken = new Set(
    others
      .flatMap((other) => other.spec.ports ?? [])
      .filter(({ nodePort }) => nodePort)
      .map(idOf),
  );
  const ports = spec.ports.map((port, index) => {
    const known = before?.ports?.find((old) => old.port === port.port && old.protocol === port.protocol)?.nodePort;
    const field = `spec.ports[${index}].nodePort`;
    let chosen = port.nodePort || known;
    if (chosen) {
      if (chosen < LOWEST_PORT || chosen > HIGHEST_PORT) errors.push(invalidValue(field, chosen, OUT_OF_RANGE));
      else if (taken.has(`${chosen}/${port.protocol}`))
        errors.push(invalidValue(field, chosen, 'provided port is already allocated'));
    }
    while (!chosen || (!port.nodePort && !known && taken.has(`${chosen}/${port.protocol}`))) {
      chosen = LOWEST_PORT + random.int(HIGHEST_PORT - LOWEST_PORT + 1);
    }
    taken.add(`${chosen}/${port.protocol}`);
    return { ...port, nodePort: chosen };
  });
  return { ...spec, ports };
}

function withoutNodePort({ nodePort: _, ...port }: ServicePort): ServicePort {
  return port;
}
