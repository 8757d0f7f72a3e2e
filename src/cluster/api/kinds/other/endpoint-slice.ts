import { notSupported, required } from '../../field-error.ts';
import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import { ageOf } from '../../time.ts';
import type { EndpointSlice } from '../../types/policy.ts';
import { firstThree } from '../cells.ts';

/** pkg/registry/discovery/endpointslice */
export const endpointSlice: Kind<EndpointSlice> = {
  ...usual,
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  storagePath: 'endpointslices',
  definition: 'discovery.v1.EndpointSlice',
  checkName: subdomain1123,
  hasGeneration: true,
  complete: (object) => ({ ...object, endpoints: object.endpoints ?? [] }),
  validate: ({ addressType, ports = [] }) => [
    ...(addressType ? [] : [required('addressType')]),
    ...(!addressType || ['FQDN', 'IPv4', 'IPv6'].includes(addressType)
      ? []
      : [notSupported('addressType', addressType, ['FQDN', 'IPv4', 'IPv6'])]),
    ...ports.flatMap(({ protocol }, index) =>
      protocol && !['SCTP', 'TCP', 'UDP'].includes(protocol)
        ? [notSupported(`ports[${index}].protocol`, protocol, ['SCTP', 'TCP', 'UDP'])]
        : [],
    ),
  ],
  columns: [NAME, column('AddressType'), column('Ports'), column('Endpoints'), AGE],
  row: ({ metadata, addressType, ports, endpoints }, now) => [
    metadata.name,
    addressType,
    firstThree(
      (ports ?? []).map(({ port, name }) => `${port ?? name ?? '*'}`),
      '<unset>',
    ),
    firstThree(
      endpoints.flatMap(({ addresses }) => addresses),
      '<unset>',
    ),
    ageOf(metadata.creationTimestamp, now),
  ],
};
