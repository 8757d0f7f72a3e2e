import { timestamp } from '#kernel/calendar.ts';
import { isObject } from '../api/json.ts';
import { badRequest } from '../api/status.ts';
import type { User } from './authentication/user.ts';
import type { Attributes } from './authorization/rbac.ts';
import type { ApiRequest, ServerContext } from './context.ts';

interface ResourceAttributes {
  readonly namespace?: string;
  readonly verb?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
}

interface ReviewSpec {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly namespace?: string;
}

/** Questions about rights, which are asked as creations of objects that nobody keeps (pkg/registry/authorization, pkg/registry/authentication). */
export function answerReview(context: ServerContext, request: ApiRequest): object | undefined {
  const { group, resource } = request.info;
  const body = request.body;
  if (!isObject(body)) throw badRequest('a review is an object');
  const spec = (body['spec'] ?? {}) as ReviewSpec;
  const answer = (status: object) => ({
    ...body,
    spec: body['spec'] ?? {},
    metadata: { creationTimestamp: null, ...(body['metadata'] as object) },
    status,
  });
  if (group === 'authentication.k8s.io' && resource === 'selfsubjectreviews') {
    const metadata = { creationTimestamp: timestamp(context.kernel.now) };
    return { ...body, metadata, status: { userInfo: userInfo(request.user) } };
  }
  if (group !== 'authorization.k8s.io') return undefined;
  switch (resource) {
    case 'selfsubjectaccessreviews':
      return answer(decide(context, request.user, spec));
    case 'subjectaccessreviews':
    case 'localsubjectaccessreviews':
      return answer(decide(context, { name: spec.user ?? '', groups: spec.groups ?? [] }, spec));
    case 'selfsubjectrulesreviews':
      return answer(rules(context, request.user, spec.namespace));
    default:
      return undefined;
  }
}

function userInfo({ name, uid, groups, extra }: User): object {
  return { username: name, ...(uid && { uid }), groups, ...(extra && { extra }) };
}

function decide(
  { authorizer }: ServerContext,
  user: User,
  { resourceAttributes, nonResourceAttributes }: ReviewSpec,
): object {
  const asked = resourceAttributes ?? {};
  const attributes: Attributes = {
    user,
    verb: asked.verb ?? nonResourceAttributes?.verb ?? '',
    isResource: resourceAttributes !== undefined,
    group: asked.group ?? '',
    resource: asked.resource ?? '',
    subresource: asked.subresource ?? '',
    namespace: asked.namespace || undefined,
    name: asked.name ?? '',
    path: nonResourceAttributes?.path ?? '',
  };
  if (authorizer.allows(attributes)) return { allowed: true };
  const reason = authorizer.reasonsAgainst(attributes);
  return { allowed: false, ...(reason !== '' && { reason }) };
}

function rules({ authorizer }: ServerContext, user: User, namespace: string | undefined): object {
  const all = authorizer.rbac.rulesFor(user, namespace);
  return {
    resourceRules: all
      .filter((rule) => rule.resources?.length)
      .map(({ verbs, apiGroups = [], resources = [], resourceNames }) => ({
        verbs,
        apiGroups,
        resources,
        ...(resourceNames?.length && { resourceNames }),
      })),
    nonResourceRules: all
      .filter((rule) => rule.nonResourceURLs?.length)
      .map(({ verbs, nonResourceURLs = [] }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  };
}
