import { duplicate, type FieldError, invalidValue, notSupported, required } from '../../field-error.ts';
import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { label1123, portName, portNumber } from '../../names.ts';
import { checkLabels } from '../../selectors/labels.ts';
import { ageOf } from '../../time.ts';
import type { Service, ServicePort } from '../../types/core.ts';
import { labelCell } from '../cells.ts';

/** pkg/registry/core/service; addresses and node ports are given out by the API server's allocators. */
export const service: Kind<Service> = {
  ...usual,
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  storagePath: 'services/specs',
  definition: 'core.v1.Service',
  checkName: label1123,
  hasStatus: true,
  complete: completeService,
  prepareCreate: (object) => ({ ...object, status: { loadBalancer: {} } }),
  prepareUpdate: (next, before, scope) =>
    scope === 'status' ? { ...next, spec: before.spec } : { ...next, status: before.status },
  validate: validateService,
  validateUpdate: (next, before) => {
    const [is, was] = [next.spec.clusterIP, before.spec.clusterIP];
    if (!was || is === was || next.spec.type === 'ExternalName' || before.spec.type === 'ExternalName') return [];
    return [invalidValue('spec.clusterIPs[0]', [is], 'may not change once set')];
  },
  selectable: {
    'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '',
    'spec.type': ({ spec }) => spec.type,
  },
  columns: [
    NAME,
    column('Type'),
    column('Cluster-IP'),
    column('External-IP'),
    column('Port(s)'),
    AGE,
    column('Selector', 'wide'),
  ],
  row: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.type,
    spec.clusterIPs?.[0] || '<none>',
    externalAddress({ spec, status }),
    (spec.ports ?? []).map(portCell).join(',') || '<none>',
    ageOf(metadata.creationTimestamp, now),
    labelCell(spec.selector),
  ],
};

function portCell({ port, nodePort, protocol }: ServicePort): string {
  return nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`;
}

function externalAddress({ spec, status }: Pick<Service, 'spec' | 'status'>): string {
  const own = spec.externalIPs ?? [];
  if (spec.type === 'ExternalName') return spec.externalName ?? '';
  if (spec.type !== 'LoadBalancer') return own.join(',') || '<none>';
  const balancer = (status.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip || hostname || []);
  return [...balancer, ...own].join(',') || '<pending>';
}

function completeService(object: Service): Service {
  const { spec } = object;
  const type = spec.type ?? 'ClusterIP';
  const isExternal =
    type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && Boolean(spec.externalIPs?.length));
  const affinity = spec.sessionAffinity ?? 'None';
  const { sessionAffinityConfig, ...rest } = spec;
  return {
    ...object,
    spec: {
      ...rest,
      type,
      ...(spec.ports && { ports: spec.ports.map(completePort) }),
      sessionAffinity: affinity,
      ...(affinity === 'ClientIP' && {
        sessionAffinityConfig: sessionAffinityConfig ?? { clientIP: { timeoutSeconds: 10800 } },
      }),
      ...(isExternal && { externalTrafficPolicy: spec.externalTrafficPolicy ?? 'Cluster' }),
      ...(type !== 'ExternalName' && { internalTrafficPolicy: spec.internalTrafficPolicy ?? 'Cluster' }),
      ...(type === 'LoadBalancer' && { allocateLoadBalancerNodePorts: true }),
    },
    status: object.status ?? { loadBalancer: {} },
  };
}

function completePort(port: ServicePort): ServicePort {
  return { ...port, protocol: port.protocol ?? 'TCP', targetPort: port.targetPort || port.port };
}

/** pkg/apis/core/validation.ValidateService */
function validateService({ spec }: Service): FieldError[] {
  const errors: FieldError[] = [];
  const ports = spec.ports ?? [];
  const isHeadless = spec.clusterIP === 'None';
  if (ports.length === 0 && !isHeadless && spec.type !== 'ExternalName') errors.push(required('spec.ports'));
  if (!['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'].includes(spec.type)) {
    errors.push(notSupported('spec.type', spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']));
  }
  if (spec.type === 'ExternalName' && !spec.externalName) errors.push(required('spec.externalName'));
  if (isHeadless && (spec.type === 'NodePort' || spec.type === 'LoadBalancer')) {
    errors.push(invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`));
  }
  const names = new Set<string>();
  const combinations = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const at = `spec.ports[${index}]`;
    if (ports.length > 1 && !port.name) errors.push(required(`${at}.name`));
    if (port.name) {
      errors.push(...label1123(port.name).map((message) => invalidValue(`${at}.name`, port.name, message)));
      if (names.has(port.name)) errors.push(duplicate(`${at}.name`, port.name));
      names.add(port.name);
    }
    errors.push(...portNumber(port.port).map((message) => invalidValue(`${at}.port`, port.port, message)));
    if (!['SCTP', 'TCP', 'UDP'].includes(port.protocol))
      errors.push(notSupported(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']));
    const { targetPort } = port;
    const wrong = typeof targetPort === 'number' ? portNumber(targetPort) : portName(targetPort);
    errors.push(...wrong.map((message) => invalidValue(`${at}.targetPort`, targetPort, message)));
    const id = `${port.port}/${port.protocol}`;
    if (combinations.has(id))
      errors.push(
        duplicate(at, { ...(port.name && { name: port.name }), protocol: port.protocol, port: port.port, targetPort }),
      );
    combinations.add(id);
  }
  return [...errors, ...checkLabels(spec.selector, 'spec.selector')];
}
