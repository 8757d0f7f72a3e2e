import { AGE, type Kind, NAME, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import { ageOf } from '../../time.ts';
import type { ServiceAccount } from '../../types/core.ts';

/** pkg/registry/core/serviceaccount */
export const serviceAccount: Kind<ServiceAccount> = {
  ...usual,
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  storagePath: 'serviceaccounts',
  definition: 'core.v1.ServiceAccount',
  checkName: subdomain1123,
  columns: [NAME, AGE],
  row: ({ metadata }, now) => [metadata.name, ageOf(metadata.creationTimestamp, now)],
};
