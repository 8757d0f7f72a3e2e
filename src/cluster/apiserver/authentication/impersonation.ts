import type { HttpRequest } from '#machine/http.ts';
import { badRequest } from '../../api/status.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { Attributes } from '../authorization/rbac.ts';
import { AUTHENTICATED, serviceAccountUser, type User } from './user.ts';

/**
 * `kubectl --as`: the user that a request is to count as, when its own may say so (apiserver, pkg/endpoints/filters/impersonation).
 *
 * @throws ApiError Forbidden, BadRequest
 */
export function impersonated({ headers = {} }: HttpRequest, user: User, authorizer: Authorizer): User {
  const name = headers['impersonate-user'];
  const groups = (headers['impersonate-group'] ?? '').split('\n').filter((group) => group !== '');
  if (!name) {
    if (groups.length > 0) throw badRequest('requested [{Group  system:masters  }] without impersonating a user');
    return user;
  }
  const account = /^system:serviceaccount:(?<namespace>[^:]+):(?<name>[^:]+)$/.exec(name)?.groups;
  authorizer.check(
    asked(user, account ? 'serviceaccounts' : 'users', account?.['name'] ?? name, account?.['namespace']),
  );
  for (const group of groups) authorizer.check(asked(user, 'groups', group, undefined));
  if (account && groups.length === 0) return serviceAccountUser(account['namespace'] ?? '', account['name'] ?? '', '');
  const isAnonymous = name === 'system:anonymous';
  const implied = isAnonymous ? 'system:unauthenticated' : AUTHENTICATED;
  return { name, groups: groups.includes(implied) ? groups : [...groups, implied] };
}

function asked(user: User, resource: string, name: string, namespace: string | undefined): Attributes {
  return {
    user,
    verb: 'impersonate',
    isResource: true,
    group: '',
    resource,
    subresource: '',
    namespace,
    name,
    path: '',
  };
}
