/** A role or a binding as the source of Kubernetes lists it. */
export interface PolicyObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly rules?: readonly Readonly<Record<string, readonly string[]>>[] | null;
  readonly aggregationRule?: {
    readonly clusterRoleSelectors: readonly { readonly matchLabels: Readonly<Record<string, string>> }[];
  };
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}

const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to-';

/**
 * One line: `kind namespace/name` and then, for a role, `+view` for each role that it is added to, `<view` for each kind of role that is
 * added to it, and its rules as `verbs|groups|resources|names|urls`; for a binding the role and the subjects.
 */
export function compactPolicy({ kind, metadata, rules, aggregationRule, roleRef, subjects }: PolicyObject): string {
  const parts = [kind, `${metadata.namespace ?? ''}/${metadata.name}`];
  if (roleRef) {
    parts.push(`${roleRef.kind}/${roleRef.name}`);
    parts.push(...(subjects ?? []).map((subject) => `${subject.kind}/${subject.namespace ?? ''}/${subject.name}`));
    return parts.join(' ');
  }
  for (const label of Object.keys(metadata.labels ?? {})) {
    if (label.startsWith(AGGREGATE)) parts.push(`+${label.slice(AGGREGATE.length)}`);
  }
  for (const { matchLabels } of aggregationRule?.clusterRoleSelectors ?? []) {
    parts.push(...Object.keys(matchLabels).map((label) => `<${label.slice(AGGREGATE.length)}`));
  }
  for (const rule of rules ?? []) {
    const lists = ['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'].map((name) =>
      (rule[name] ?? []).join(','),
    );
    parts.push(lists.join('|'));
  }
  return parts.join(' ');
}
