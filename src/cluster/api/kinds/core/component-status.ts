import { column, type Kind, NAME, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import type { ComponentStatus } from '../../types/core.ts';

/** pkg/registry/core/componentstatus: nothing is stored; each read asks the components. */
export const componentStatus: Kind<ComponentStatus> = {
  ...usual,
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  singular: 'componentstatus',
  shortNames: ['cs'],
  isNamespaced: false,
  verbs: ['get', 'list'],
  storagePath: '',
  definition: 'core.v1.ComponentStatus',
  checkName: subdomain1123,
  warnings: () => ['v1 ComponentStatus is deprecated in v1.19+'],
  columns: [NAME, column('Status'), column('Message'), column('Error')],
  row: ({ metadata, conditions = [] }) => {
    const healthy = conditions.find((condition) => condition.type === 'Healthy');
    const status = healthy ? (healthy.status === 'True' ? 'Healthy' : 'Unhealthy') : 'Unknown';
    return [metadata.name, status, healthy?.message ?? '', healthy?.error ?? ''];
  },
};
