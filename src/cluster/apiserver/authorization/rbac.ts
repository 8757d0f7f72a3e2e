import { clusterRoleBinding, roleBinding } from '../../api/kinds/rbac/bindings.ts';
import { clusterRole, role } from '../../api/kinds/rbac/roles.ts';
import type { PolicyRule, Role, RoleBinding, Subject } from '../../api/types/policy.ts';
import type { User } from '../authentication/user.ts';
import type { Registry } from '../registry/registry.ts';

/** What somebody wants to do (apiserver, pkg/authorization/authorizer.Attributes). */
export interface Attributes {
  readonly user: User;
  readonly verb: string;
  readonly isResource: boolean;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly path: string;
  /** As a list or a watch has it. */
  readonly fieldSelector?: string;
}

/** plugin/pkg/auth/authorizer/rbac: what the roles that are bound to a user allow. Decisions are kept until a role or a binding changes. */
export class RbacAuthorizer {
  readonly #registry: Registry;
  #decisions = new WeakMap<User, Map<string, boolean>>();
  #knownAt = -1;

  constructor(registry: Registry) {
    this.#registry = registry;
    for (const kind of [role, clusterRole, roleBinding, clusterRoleBinding]) {
      const key = `/registry/${kind.storagePath}/`;
      registry.store.watch({ key, end: `${key.slice(0, -1)}0` }, () => {
        this.#decisions = new WeakMap();
      });
    }
  }

  allows(attributes: Attributes): boolean {
    const { user, verb, isResource, group, resource, subresource, namespace, name, path } = attributes;
    // Watches tell of changes a little later than they happen: a decision must not outlive the store's state.
    const { revision } = this.#registry.store;
    let decisions = this.#decisions.get(user);
    if (!decisions) {
      decisions = new Map();
      this.#decisions.set(user, decisions);
    }
    const what = `${verb}\n${group}\n${resource}\n${subresource}\n${namespace ?? ''}\n${isResource ? '' : path}`;
    if (decisions.get(what)) return true;
    const named = `${what}\n${name}`;
    const known = decisions.get(named);
    if (known !== undefined && (known || this.#knownAt === revision)) return known;
    const rules = this.rulesFor(user, namespace).filter((rule) => ruleAllows(rule, attributes));
    const allowed = rules.length > 0;
    // Most rules allow whatever the name is.
    const isForAll = isResource && rules.some(({ resourceNames }) => !resourceNames?.length);
    decisions.set(isForAll ? what : named, allowed);
    this.#knownAt = revision;
    return allowed;
  }

  /** Every rule that counts for a user, cluster-wide and in a namespace. */
  rulesFor(user: User, namespace: string | undefined): readonly PolicyRule[] {
    const rules: PolicyRule[] = [];
    for (const binding of this.#registry.all(clusterRoleBinding) as readonly RoleBinding[]) {
      if (binding.subjects?.some((subject) => isSubject(subject, user, '')))
        rules.push(...this.#rulesOf(binding, undefined));
    }
    if (namespace === undefined) return rules;
    for (const binding of this.#registry.all(roleBinding, namespace) as readonly RoleBinding[]) {
      if (binding.subjects?.some((subject) => isSubject(subject, user, namespace)))
        rules.push(...this.#rulesOf(binding, namespace));
    }
    return rules;
  }

  /** Roles that a user is bound to and that do not exist, as the real one's reason names them. */
  missingRoles(user: User, namespace: string | undefined): readonly string[] {
    const bindings = [
      ...(this.#registry.all(clusterRoleBinding) as readonly RoleBinding[]).map(
        (binding) => [binding, undefined] as const,
      ),
      ...(namespace === undefined
        ? []
        : (this.#registry.all(roleBinding, namespace) as readonly RoleBinding[]).map(
            (binding) => [binding, namespace] as const,
          )),
    ];
    const missing = bindings
      .filter(([binding, own]) => binding.subjects?.some((subject) => isSubject(subject, user, own ?? '')))
      .filter(([binding, own]) => !this.#roleOf(binding, own))
      .map(
        ([{ roleRef }]) =>
          `${roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(roleRef.name)} not found`,
      );
    return [...new Set(missing)];
  }

  #rulesOf(binding: RoleBinding, namespace: string | undefined): readonly PolicyRule[] {
    return this.#roleOf(binding, namespace)?.rules ?? [];
  }

  #roleOf({ roleRef }: RoleBinding, namespace: string | undefined): Role | undefined {
    const isCluster = roleRef.kind === 'ClusterRole';
    const found = this.#registry.find({
      kind: isCluster ? clusterRole : role,
      namespace: isCluster ? undefined : namespace,
      name: roleRef.name,
    });
    return found as Role | undefined;
  }
}

function isSubject(subject: Subject, user: User, namespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === user.name;
    case 'Group':
      return user.groups.includes(subject.name);
    default:
      return user.name === `system:serviceaccount:${subject.namespace || namespace}:${subject.name}`;
  }
}

function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!rule.verbs.includes('*') && !rule.verbs.includes(attributes.verb)) return false;
  if (!attributes.isResource) return (rule.nonResourceURLs ?? []).some((url) => pathMatches(url, attributes.path));
  const groups = rule.apiGroups ?? [];
  if (!groups.includes('*') && !groups.includes(attributes.group)) return false;
  const { resource, subresource } = attributes;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const fits = (rule.resources ?? []).some(
    (wanted) => wanted === '*' || wanted === full || (subresource !== '' && wanted === `*/${subresource}`),
  );
  if (!fits) return false;
  return !rule.resourceNames?.length || rule.resourceNames.includes(attributes.name);
}

function pathMatches(url: string, path: string): boolean {
  return url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1)));
}
