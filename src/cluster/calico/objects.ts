import { namespace as namespaceKind } from '../api/kinds/core/namespace.ts';
import { serviceAccount } from '../api/kinds/core/service-account.ts';
import type { AnyKind } from '../api/kinds/kinds.ts';
import { clusterRoleBinding } from '../api/kinds/rbac/bindings.ts';
import { clusterRole } from '../api/kinds/rbac/roles.ts';
import { apiVersionOf } from '../api/object.ts';
import type { Addon } from '../kubeadm/addons.ts';

/** An object of a kind, to be created. */
export function objectOf(
  kind: AnyKind,
  name: string,
  namespace: string | undefined,
  content: object,
  meta: object = {},
): Addon {
  return {
    kind,
    object: {
      apiVersion: apiVersionOf(kind.group, kind.version),
      kind: kind.kind,
      metadata: { name, ...(namespace !== undefined && { namespace }), ...meta },
      ...content,
    } as Addon['object'],
  };
}

export function namespaceOf(name: string): Addon {
  return objectOf(
    namespaceKind,
    name,
    undefined,
    {},
    {
      labels: { name, 'pod-security.kubernetes.io/enforce': 'privileged' },
    },
  );
}

/** What a ServiceAccount may do: each line is verbs, groups and resources, each joined by commas. */
export function accountOf(name: string, namespace: string, ...rules: readonly string[]): readonly Addon[] {
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  return [
    objectOf(serviceAccount, name, namespace, {}),
    ...(rules.length === 0
      ? []
      : [
          objectOf(clusterRole, name, undefined, { rules: rules.map(ruleOf) }),
          objectOf(clusterRoleBinding, name, undefined, { subjects, roleRef }),
        ]),
  ];
}

function ruleOf(line: string): object {
  const [verbs = [], apiGroups = [], resources = [], resourceNames] = line.split(' ').map((part) => part.split(','));
  return { verbs, apiGroups, resources, ...(resourceNames && { resourceNames }) };
}
