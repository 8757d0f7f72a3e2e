import type { AnyKind } from '../../api/kinds/kinds.ts';
import { clusterRoleBinding, roleBinding } from '../../api/kinds/rbac/bindings.ts';
import { clusterRole, role } from '../../api/kinds/rbac/roles.ts';
import type { KubeObject } from '../../api/object.ts';
import type { PolicyRule, Subject } from '../../api/types/policy.ts';
import { POLICY } from './policy-data.ts';

const GROUP = 'rbac.authorization.k8s.io';
const LABEL = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const ANNOTATION = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };
const AGGREGATE = `${GROUP}/aggregate-to-`;

const BY_KIND: Readonly<Record<string, AnyKind>> = {
  ClusterRole: clusterRole,
  ClusterRoleBinding: clusterRoleBinding,
  Role: role,
  RoleBinding: roleBinding,
};

/** A role or a binding that every cluster begins with, and its kind. */
export interface BootstrapPolicy {
  readonly kind: AnyKind;
  readonly object: KubeObject;
}

/** plugin/pkg/auth/authorizer/rbac/bootstrappolicy: what the hook rbac/bootstrap-roles makes. */
export function bootstrapPolicy(): readonly BootstrapPolicy[] {
  return POLICY.trim().split('\n').map(read);
}

function read(line: string): BootstrapPolicy {
  const [kindName = '', address = '', ...parts] = line.split(' ');
  const kind = BY_KIND[kindName];
  if (!kind) throw new Error(`no kind of policy: ${kindName}`);
  const slash = address.indexOf('/');
  const namespace = address.slice(0, slash);
  const aggregated = parts
    .filter((part) => part.startsWith('+'))
    .map((part) => [`${AGGREGATE}${part.slice(1)}`, 'true']);
  const metadata = {
    name: address.slice(slash + 1),
    ...(namespace !== '' && { namespace }),
    labels: { ...LABEL, ...Object.fromEntries(aggregated) },
    annotations: ANNOTATION,
  };
  const base = { apiVersion: `${GROUP}/v1`, kind: kindName, metadata };
  const content = kindName.endsWith('Binding') ? bindingOf(parts) : roleOf(parts);
  return { kind, object: { ...base, ...content } as unknown as KubeObject };
}

function bindingOf([ref = '', ...subjects]: readonly string[]): object {
  const [kind = '', ...name] = ref.split('/');
  return { roleRef: { apiGroup: GROUP, kind, name: name.join('/') }, subjects: subjects.map(subjectOf) };
}

function subjectOf(text: string): Subject {
  const [kind = '', namespace = '', ...name] = text.split('/');
  if (kind === 'ServiceAccount') return { kind, name: name.join('/'), namespace };
  return { apiGroup: GROUP, kind, name: name.join('/') };
}

function roleOf(parts: readonly string[]): object {
  const selectors = parts.filter((part) => part.startsWith('<'));
  const rules = parts.filter((part) => !/^[<+]/.test(part)).map(ruleOf);
  if (selectors.length === 0) return { rules };
  return {
    aggregationRule: {
      clusterRoleSelectors: selectors.map((part) => ({ matchLabels: { [`${AGGREGATE}${part.slice(1)}`]: 'true' } })),
    },
    rules: null,
  };
}

function ruleOf(text: string): PolicyRule {
  const [verbs, apiGroups, resources, resourceNames, nonResourceURLs] = text.split('|');
  const list = (part: string | undefined) => (part ? part.split(',') : []);
  if (nonResourceURLs) return { verbs: list(verbs), nonResourceURLs: list(nonResourceURLs) };
  return {
    verbs: list(verbs),
    apiGroups: (apiGroups ?? '').split(','),
    resources: list(resources),
    ...(resourceNames && { resourceNames: list(resourceNames) }),
  };
}
