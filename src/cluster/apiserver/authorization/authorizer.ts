import { quote } from '../../api/json.ts';
import { type ApiError, forbidden } from '../../api/status.ts';
import { MASTERS } from '../authentication/user.ts';
import type { Registry } from '../registry/registry.ts';
import { nodeDecides } from './node.ts';
import { PodsOfNodes } from './pods-of-nodes.ts';
import { type Attributes, RbacAuthorizer } from './rbac.ts';

/** Paths that anybody may read (`--authorization-always-allow-paths` and system:public-info-viewer are RBAC's; these are not asked at all). */
const ALWAYS = new Set(['/healthz', '/readyz', '/livez']);

/** `--authorization-mode=Node,RBAC`, after the group that may do everything. */
export class Authorizer {
  readonly rbac: RbacAuthorizer;
  readonly #pods: PodsOfNodes;

  constructor(registry: Registry) {
    this.#pods = new PodsOfNodes(registry);
    this.rbac = new RbacAuthorizer(registry);
  }

  allows(attributes: Attributes): boolean {
    if (attributes.user.groups.includes(MASTERS)) return true;
    if (!attributes.isResource && ALWAYS.has(attributes.path)) return true;
    return nodeDecides(this.#pods, attributes).allowed || this.rbac.allows(attributes);
  }

  /** Why somebody may not, as far as those who were asked say so. */
  reasonsAgainst(attributes: Attributes): string {
    const decision = nodeDecides(this.#pods, attributes);
    const missing = this.rbac.missingRoles(attributes.user, attributes.namespace);
    const reasons = [decision.allowed ? '' : decision.reason, missing.length > 0 ? `RBAC: ${goList(missing)}` : ''];
    return reasons.filter((reason) => reason !== '').join('\n');
  }

  /** @throws ApiError Forbidden */
  check(attributes: Attributes): void {
    if (!this.allows(attributes)) throw refusal(attributes, this.reasonsAgainst(attributes));
  }
}

/** apiserver, pkg/endpoints/handlers/responsewriters.ForbiddenStatusError */
function refusal(attributes: Attributes, reasons: string): ApiError {
  const { user, verb, isResource, group, resource, subresource, namespace, name, path } = attributes;
  const because = reasons === '' ? '' : `: ${reasons}`;
  const who = `User ${quote(user.name)}`;
  if (!isResource) return forbidden(undefined, '', `${who} cannot ${verb} path ${quote(path)}${because}`);
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace ? `in the namespace ${quote(namespace)}` : 'at the cluster scope';
  const why = `${who} cannot ${verb} resource ${quote(what)} in API group ${quote(group)} ${where}${because}`;
  return forbidden({ group, resource }, name, why);
}

/** Several errors as Go's aggregate writes them. */
function goList(messages: readonly string[]): string {
  return messages.length === 1 ? (messages[0] ?? '') : `[${messages.join(', ')}]`;
}
