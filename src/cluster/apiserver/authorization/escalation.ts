import { isEqual, quote } from '../../api/json.ts';
import { clusterRoleBinding, roleBinding } from '../../api/kinds/rbac/bindings.ts';
import { clusterRole, role } from '../../api/kinds/rbac/roles.ts';
import { forbidden, notFound } from '../../api/status.ts';
import type { PolicyRule, Role, RoleBinding } from '../../api/types/policy.ts';
import type { AdmissionPlugin, Admitted } from '../admission/chain.ts';
import { MASTERS } from '../authentication/user.ts';
import type { Registry } from '../registry/registry.ts';
import type { Authorizer } from './authorizer.ts';

/** Nobody gives what he does not have, but for who may `escalate` or `bind` (pkg/registry/rbac: policybased stores). */
export function noEscalation(registry: Registry, authorizer: Authorizer): AdmissionPlugin {
  return (object, about) => {
    const { kind, operation, user, namespace, name } = about;
    if (operation === 'DELETE' || about.subresource !== '' || user.groups.includes(MASTERS)) return object;
    const isRole = kind === role || kind === clusterRole;
    if (!isRole && kind !== roleBinding && kind !== clusterRoleBinding) return object;
    const before = operation === 'UPDATE' ? registry.find({ kind, namespace, name }) : undefined;
    const granted = isRole ? (object as Role).rules : rulesOf(registry, object as RoleBinding, namespace);
    if (before && isRole && isEqual((before as Role).rules, granted)) return object;
    if (isRole ? mayEscalate(authorizer, about) : mayBind(authorizer, about, object as RoleBinding)) return object;
    const missing = missingRights(authorizer.rbac.rulesFor(user, namespace), granted ?? []);
    if (missing.length === 0) return object;
    const groups = `[${user.groups.map(quote).join(' ')}]`;
    const rights = [...new Set(compact(missing).map(describe))].sort().join('\n');
    const why = `user ${quote(user.name)} (groups=${groups}) is attempting to grant RBAC permissions not currently held:\n${rights}`;
    throw forbidden({ group: kind.group, resource: kind.plural }, name, why);
  };
}

function mayEscalate(authorizer: Authorizer, { user, kind, namespace, name }: Admitted): boolean {
  return asked(authorizer, user, 'escalate', kind.plural, namespace, name);
}

function mayBind(authorizer: Authorizer, { user, namespace }: Admitted, { roleRef }: RoleBinding): boolean {
  const resource = roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
  return asked(authorizer, user, 'bind', resource, namespace, roleRef.name);
}

function asked(
  authorizer: Authorizer,
  user: Admitted['user'],
  verb: string,
  resource: string,
  namespace: string | undefined,
  name: string,
): boolean {
  const group = 'rbac.authorization.k8s.io';
  return authorizer.allows({
    user,
    verb,
    isResource: true,
    group,
    resource,
    subresource: '',
    namespace,
    name,
    path: '',
  });
}

/** @throws ApiError NotFound for a role that is not there: nobody knows what it would give */
function rulesOf(registry: Registry, { roleRef }: RoleBinding, namespace: string | undefined): readonly PolicyRule[] {
  const isCluster = roleRef.kind === 'ClusterRole';
  const kind = isCluster ? clusterRole : role;
  const found = registry.find({ kind, namespace: isCluster ? undefined : namespace, name: roleRef.name });
  if (!found) throw notFound({ group: kind.group, resource: kind.plural }, roleRef.name);
  return (found as Role).rules ?? [];
}

/** What of the rules is not covered, right by right (component-helpers, auth/rbac/validation.Covers). */
function missingRights(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  return wanted.flatMap(breakdown).filter((right) => !owned.some((rule) => covers(rule, right)));
}

/** Rules of one verb on one thing each. */
function breakdown({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): PolicyRule[] {
  const rights: PolicyRule[] = [];
  const names = resourceNames.length > 0 ? resourceNames.map((name) => [name]) : [undefined];
  for (const group of apiGroups)
    for (const resource of resources)
      for (const verb of verbs)
        for (const own of names)
          rights.push({ verbs: [verb], apiGroups: [group], resources: [resource], ...(own && { resourceNames: own }) });
  for (const url of nonResourceURLs) for (const verb of verbs) rights.push({ verbs: [verb], nonResourceURLs: [url] });
  return rights;
}

function covers(owner: PolicyRule, right: PolicyRule): boolean {
  const has = (list: readonly string[] = [], one: string | undefined) =>
    one !== undefined && (list.includes('*') || list.includes(one));
  if (!has(owner.verbs, right.verbs[0])) return false;
  const [url] = right.nonResourceURLs ?? [];
  if (url !== undefined) {
    return (owner.nonResourceURLs ?? []).some(
      (each) => each === url || (each.endsWith('*') && url.startsWith(each.slice(0, -1))),
    );
  }
  const [resource = ''] = right.resources ?? [];
  const [, subresource] = resource.split('/');
  const hasResource =
    has(owner.resources, resource) ||
    (subresource !== undefined && (owner.resources ?? []).includes(`*/${subresource}`));
  if (!has(owner.apiGroups, right.apiGroups?.[0]) || !hasResource) return false;
  const [name] = right.resourceNames ?? [];
  if (!owner.resourceNames?.length) return true;
  return name !== undefined && owner.resourceNames.includes(name);
}

/** Rights on the same thing as one rule of several verbs (CompactRules). */
function compact(rights: readonly PolicyRule[]): readonly PolicyRule[] {
  const simple = new Map<string, PolicyRule>();
  const others: PolicyRule[] = [];
  for (const right of rights) {
    if (right.nonResourceURLs || right.resourceNames) {
      others.push(right);
      continue;
    }
    const key = `${right.apiGroups?.[0]}\n${right.resources?.[0]}`;
    const known = simple.get(key);
    simple.set(key, known ? { ...known, verbs: [...known.verbs, ...right.verbs] } : right);
  }
  return [...others, ...simple.values()];
}

function describe({
  apiGroups = [],
  resources = [],
  nonResourceURLs = [],
  resourceNames = [],
  verbs,
}: PolicyRule): string {
  const parts = Object.entries({
    APIGroups: apiGroups,
    Resources: resources,
    NonResourceURLs: nonResourceURLs,
    ResourceNames: resourceNames,
    Verbs: verbs,
  })
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => `${name}:[${values.map(quote).join(' ')}]`);
  return `{${parts.join(', ')}}`;
}
