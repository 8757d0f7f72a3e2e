import { type FieldError, invalidValue, notSupported, required } from '../../field-error.ts';
import { isEqual } from '../../json.ts';
import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { pathSegment } from '../../names.ts';
import { ageOf } from '../../time.ts';
import type { RoleBinding, Subject } from '../../types/policy.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** pkg/registry/rbac/rolebinding */
export const roleBinding: Kind<RoleBinding> = {
  ...usual,
  group: RBAC,
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  singular: 'rolebinding',
  storagePath: 'rolebindings',
  definition: 'rbac.v1.RoleBinding',
  checkName: pathSegment,
  complete: (object) => ({
    ...object,
    ...(object.subjects && { subjects: object.subjects.map(completeSubject) }),
    roleRef: { ...object.roleRef, apiGroup: object.roleRef.apiGroup || RBAC },
  }),
  validate: (object) => validateBinding(object, true),
  validateUpdate: (next, before) =>
    isEqual(next.roleRef, before.roleRef) ? [] : [invalidValue('roleRef', next.roleRef, 'cannot change roleRef')],
  columns: [
    NAME,
    column('Role'),
    AGE,
    column('Users', 'wide'),
    column('Groups', 'wide'),
    column('ServiceAccounts', 'wide'),
  ],
  row: ({ metadata, roleRef, subjects = [] }, now) => [
    metadata.name,
    `${roleRef.kind}/${roleRef.name}`,
    ageOf(metadata.creationTimestamp, now),
    namesOf(subjects, 'User'),
    namesOf(subjects, 'Group'),
    subjects.flatMap((s) => (s.kind === 'ServiceAccount' ? [`${s.namespace}/${s.name}`] : [])).join(', '),
  ],
};

/** pkg/registry/rbac/clusterrolebinding */
export const clusterRoleBinding: Kind<RoleBinding> = {
  ...roleBinding,
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  isNamespaced: false,
  storagePath: 'clusterrolebindings',
  definition: 'rbac.v1.ClusterRoleBinding',
  validate: (object) => validateBinding(object, false),
};

function namesOf(subjects: readonly Subject[], kind: string): string {
  return subjects.flatMap((subject) => (subject.kind === kind ? [subject.name] : [])).join(', ');
}

/** pkg/apis/rbac/v1/defaults.go */
function completeSubject(subject: Subject): Subject {
  return subject.kind === 'ServiceAccount' || subject.apiGroup ? subject : { ...subject, apiGroup: RBAC };
}

/** pkg/apis/rbac/validation.ValidateRoleBinding */
function validateBinding({ roleRef, subjects = [] }: RoleBinding, isNamespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const kinds = isNamespaced ? ['ClusterRole', 'Role'] : ['ClusterRole'];
  if (roleRef.apiGroup !== RBAC) errors.push(notSupported('roleRef.apiGroup', roleRef.apiGroup, [RBAC]));
  if (!kinds.includes(roleRef.kind)) errors.push(notSupported('roleRef.kind', roleRef.kind, kinds));
  if (!roleRef.name) errors.push(required('roleRef.name'));
  for (const [index, subject] of subjects.entries()) {
    const at = `subjects[${index}]`;
    if (!subject.name) errors.push(required(`${at}.name`));
    if (subject.kind === 'ServiceAccount' && !subject.namespace) errors.push(required(`${at}.namespace`));
    if (!['ServiceAccount', 'User', 'Group'].includes(subject.kind)) {
      errors.push(notSupported(`${at}.kind`, subject.kind, ['ServiceAccount', 'User', 'Group']));
    }
  }
  return errors;
}
