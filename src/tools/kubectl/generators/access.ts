import type { Routine } from '#kernel/coroutine.ts';
import type { Invocation } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import type { FlagValues } from '../command/flags.ts';
import type { Resource } from '../connection/discovery.ts';
import type { Session } from '../connection/session.ts';
import type { AnyObject } from '../resources/object.ts';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** The rules of --verb and --resource: one for each API group. @throws CommandError */
function* rulesOf({ flags, session }: Invocation): Routine<readonly Rule[]> {
  const verbs = [...new Set(flags.list('verb'))];
  if (verbs.length === 0) throw new CommandError('at least one verb must be specified');
  if (flags.list('resource').length === 0) throw new CommandError('at least one resource must be specified');
  const byGroup = new Map<string, string[]>();
  for (const item of flags.list('resource')) {
    const [type = '', subresource] = item.split('/');
    const { group, plural } = type === '*' ? { group: '', plural: '*' } : yield* resourceNamed(session, type);
    const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
    const known = byGroup.get(group) ?? [];
    if (!known.includes(resource)) byGroup.set(group, [...known, resource]);
  }
  const names = flags.list('resource-name');
  return [...byGroup].map(([group, resources]) => ({
    apiGroups: [group],
    ...(names.length > 0 && { resourceNames: names }),
    resources,
    verbs: verbs.includes('*') ? ['*'] : verbs,
  }));
}

export function* role(invocation: Invocation, name: string): Routine<AnyObject> {
  const rules = yield* rulesOf(invocation);
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules };
}

export function* clusterRole(invocation: Invocation, name: string): Routine<AnyObject> {
  const urls = invocation.flags.list('non-resource-url');
  const rules: readonly Rule[] =
    urls.length > 0 ? [{ nonResourceURLs: urls, verbs: invocation.flags.list('verb') }] : yield* rulesOf(invocation);
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules };
}

export function roleBinding(name: string, flags: FlagValues): AnyObject {
  const [clusterRoleName, roleName] = [flags.string('clusterrole'), flags.string('role')];
  if ((clusterRoleName === '') === (roleName === ''))
    throw new CommandError('exactly one of clusterrole or role must be specified');
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: roleName === '' ? 'ClusterRole' : 'Role',
      name: roleName || clusterRoleName,
    },
    subjects: subjectsOf(flags),
  };
}

export function clusterRoleBinding(name: string, flags: FlagValues): AnyObject {
  if (flags.string('clusterrole') === '') throw new CommandError('clusterrole must be specified');
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: flags.string('clusterrole') },
    subjects: subjectsOf(flags),
  };
}

function subjectsOf(flags: FlagValues): readonly object[] {
  const of = (kind: string, names: readonly string[]) =>
    names.map((name) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name }));
  const accounts = flags.list('serviceaccount').map((item) => {
    const [namespace = '', name = ''] = item.split(':');
    if (namespace === '' || name === '') throw new CommandError('serviceaccount must be <namespace>:<name>');
    return { kind: 'ServiceAccount', name, namespace };
  });
  return [...of('User', flags.list('user')), ...of('Group', flags.list('group')), ...accounts];
}

/** @throws CommandError whose words stand alone, as those of rules do */
function* resourceNamed({ discovery }: Session, type: string): Routine<Resource> {
  try {
    return yield* discovery.find(type);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(error.message, { isWhole: true });
  }
}
