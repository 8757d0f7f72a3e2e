import { isEqual } from '../../api/json.ts';
import { clusterRole } from '../../api/kinds/rbac/roles.ts';
import { selectorMatcher } from '../../api/selectors/labels.ts';
import type { PolicyRule, Role } from '../../api/types/policy.ts';
import { type Controller, type ControllerContext, controllerQueue } from '../controller.ts';

/** Fills in the rules of ClusterRoles that are made of others (pkg/controller/clusterroleaggregation). */
export function startClusterRoleAggregation(context: ControllerContext): Controller {
  const { client, informers } = context;
  const roles = informers.of(clusterRole);
  const queue = controllerQueue(context, 'clusterroleaggregation', (name) => {
    const role = roles.getByKey(name);
    if (!role?.aggregationRule) return;
    const rules = aggregate(role, [...roles.all()]);
    if (!isEqual(rules, role.rules ?? [])) client.update(clusterRole, { ...role, rules });
  });
  /** A role may be a part of any that is made of others. */
  const enqueueAll = () => {
    for (const role of roles.all()) if (role.aggregationRule) queue.add(role.metadata.name);
  };
  roles.handle({ added: enqueueAll, updated: enqueueAll, deleted: enqueueAll });
  return { name: 'clusterrole-aggregation-controller', stop: () => queue.stop() };
}

/** The rules of all selected roles, in the order of their names, each once. */
function aggregate(role: Role, all: readonly Role[]): readonly PolicyRule[] {
  const rules: PolicyRule[] = [];
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const matches = selectorMatcher(selector);
    const chosen = all.filter((other) => other.metadata.uid !== role.metadata.uid && matches(other.metadata.labels));
    chosen.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    for (const rule of chosen.flatMap((other) => other.rules ?? [])) {
      if (!rules.some((known) => isEqual(known, rule))) rules.push(rule);
    }
  }
  return rules;
}
