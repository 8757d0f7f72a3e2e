import { type FieldError, required } from '../../field-error.ts';
import { column, type Kind, NAME, usual } from '../../kind.ts';
import { pathSegment } from '../../names.ts';
import type { PolicyRule, Role } from '../../types/policy.ts';

/** pkg/registry/rbac/role */
export const role: Kind<Role> = {
  ...usual,
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  singular: 'role',
  storagePath: 'roles',
  definition: 'rbac.v1.Role',
  checkName: pathSegment,
  complete: (object) => ({ ...object, rules: object.rules ?? null }),
  validate: (object) => validateRules(object, true),
  columns: [NAME, { ...column('Created At') }],
  row: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
};

/** pkg/registry/rbac/clusterrole */
export const clusterRole: Kind<Role> = {
  ...role,
  kind: 'ClusterRole',
  plural: 'clusterroles',
  singular: 'clusterrole',
  isNamespaced: false,
  storagePath: 'clusterroles',
  definition: 'rbac.v1.ClusterRole',
  validate: (object) => validateRules(object, false),
};

/** pkg/apis/rbac/validation.ValidatePolicyRule */
function validateRules(object: Role, isNamespaced: boolean): FieldError[] {
  return (object.rules ?? []).flatMap((rule, index) => validateRule(rule, `rules[${index}]`, isNamespaced));
}

function validateRule(rule: PolicyRule, at: string, isNamespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (!rule.verbs?.length) errors.push(required(`${at}.verbs`, 'verbs must contain at least one value'));
  if (rule.nonResourceURLs?.length) {
    if (isNamespaced) {
      const detail = 'namespaced rules cannot apply to non-resource URLs';
      errors.push({ type: 'FieldValueInvalid', field: `${at}.nonResourceURLs`, value: rule.nonResourceURLs, detail });
    }
    return errors;
  }
  if (!rule.apiGroups?.length)
    errors.push(required(`${at}.apiGroups`, 'resource rules must supply at least one api group'));
  if (!rule.resources?.length)
    errors.push(required(`${at}.resources`, 'resource rules must supply at least one resource'));
  return errors;
}
