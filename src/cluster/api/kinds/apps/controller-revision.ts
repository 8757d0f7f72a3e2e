import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import { controllerOf, groupOf } from '../../object.ts';
import { ageOf } from '../../time.ts';
import type { ControllerRevision } from '../../types/workloads.ts';

/** pkg/registry/apps/controllerrevision */
export const controllerRevision: Kind<ControllerRevision> = {
  ...usual,
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  storagePath: 'controllerrevisions',
  definition: 'apps.v1.ControllerRevision',
  checkName: subdomain1123,
  columns: [NAME, column('Controller'), column('Revision'), AGE],
  row: (object, now) => [
    object.metadata.name,
    ownerCell(object),
    `${object.revision}`,
    ageOf(object.metadata.creationTimestamp, now),
  ],
};

function ownerCell(object: ControllerRevision): string {
  const owner = controllerOf(object);
  if (!owner) return '<none>';
  const group = groupOf(owner.apiVersion);
  return `${owner.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${owner.name}`;
}
