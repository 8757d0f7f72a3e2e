import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import { ageOf } from '../../time.ts';
import type { Lease } from '../../types/policy.ts';

/** pkg/registry/coordination/lease */
export const lease: Kind<Lease> = {
  ...usual,
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  storagePath: 'leases',
  definition: 'coordination.v1.Lease',
  checkName: subdomain1123,
  columns: [NAME, column('Holder'), AGE],
  row: ({ metadata, spec }, now) => [metadata.name, spec.holderIdentity ?? '', ageOf(metadata.creationTimestamp, now)],
};
