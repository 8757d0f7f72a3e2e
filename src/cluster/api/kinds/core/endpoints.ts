import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import { ageOf } from '../../time.ts';
import type { Endpoints } from '../../types/core.ts';
import { firstThree } from '../cells.ts';

/** pkg/registry/core/endpoint */
export const endpoints: Kind<Endpoints> = {
  ...usual,
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  storagePath: 'services/endpoints',
  definition: 'core.v1.Endpoints',
  checkName: subdomain1123,
  warnings: () => ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
  columns: [NAME, column('Endpoints'), AGE],
  row: (object, now) => [object.metadata.name, addressesOf(object), ageOf(object.metadata.creationTimestamp, now)],
};

function addressesOf({ subsets = [] }: Endpoints): string {
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ip}:${port}`)),
  );
  return subsets.length === 0 ? '<none>' : firstThree(all, '');
}
