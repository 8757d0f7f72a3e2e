import { required } from '../../field-error.ts';
import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import { ageOf } from '../../time.ts';
import type { StorageClass } from '../../types/policy.ts';

const DEFAULT = 'storageclass.kubernetes.io/is-default-class';

/** pkg/registry/storage/storageclass */
export const storageClass: Kind<StorageClass> = {
  ...usual,
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  singular: 'storageclass',
  shortNames: ['sc'],
  isNamespaced: false,
  storagePath: 'storageclasses',
  definition: 'storage.v1.StorageClass',
  checkName: subdomain1123,
  complete: (object) => ({
    ...object,
    reclaimPolicy: object.reclaimPolicy ?? 'Delete',
    volumeBindingMode: object.volumeBindingMode ?? 'Immediate',
  }),
  validate: ({ provisioner }) => (provisioner ? [] : [required('provisioner')]),
  columns: [
    NAME,
    column('Provisioner'),
    column('ReclaimPolicy'),
    column('VolumeBindingMode'),
    column('AllowVolumeExpansion', 'boolean'),
    AGE,
  ],
  row: ({ metadata, ...object }, now) => [
    metadata.annotations?.[DEFAULT] === 'true' ? `${metadata.name} (default)` : metadata.name,
    object.provisioner,
    object.reclaimPolicy ?? 'Delete',
    object.volumeBindingMode ?? '<unset>',
    object.allowVolumeExpansion ?? false,
    ageOf(metadata.creationTimestamp, now),
  ],
};
