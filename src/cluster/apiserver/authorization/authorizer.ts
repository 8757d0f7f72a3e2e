import { quote } from '../../api/json.ts';
import { type ApiError, forbidden } from '../../api/status.ts';
import { MASTERS } from '../authentication/user.ts';
import type { Registry } from '../registry/registry.ts';
import { nodeAllows } from './node.ts';
import { type Attributes, RbacAuthorizer } from './rbac.ts';

/** Paths that anybody may read (`--authorization-always-allow-paths` and system:public-info-viewer are RBAC's; these are not asked at all). */
const ALWAYS = new Set(['/healthz', '/readyz', '/livez']);

/** `--authorization-mode=Node,RBAC`, after the group that may do everything. */
export class Authorizer {
  readonly rbac: RbacAuthorizer;
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.rbac = new RbacAuthorizer(registry);
  }

  allows(attributes: Attributes): boolean {
    if (attributes.user.groups.includes(MASTERS)) return true;
    if (!attributes.isResource && ALWAYS.has(attributes.path)) return true;
    return nodeAllows(this.#registry, attributes) === true || this.rbac.allows(attributes);
  }

  /** @throws ApiError Forbidden */
  check(attributes: Attributes): void {
    if (!this.allows(attributes)) throw refusal(attributes);
  }
}

/** apiserver, pkg/endpoints/handlers/responsewriters.ForbiddenStatusError */
export function refusal({
  user,
  verb,
  isResource,
  group,
  resource,
  subresource,
  namespace,
  name,
  path,
}: Attributes): ApiError {
  const who = `User ${quote(user.name)}`;
  if (!isResource) return forbidden(undefined, '', `${who} cannot ${verb} path ${quote(path)}`);
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace ? `in the namespace ${quote(namespace)}` : 'at the cluster scope';
  const why = `${who} cannot ${verb} resource ${quote(what)} in API group ${quote(group)} ${where}`;
  return forbidden({ group, resource }, name, why);
}
