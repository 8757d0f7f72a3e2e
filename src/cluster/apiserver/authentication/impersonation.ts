import type { HttpRequest } from '#machine/http.ts';
import { ApiError, badRequest } from '../../api/status.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { Attributes } from '../authorization/rbac.ts';
import type { RequestInfo } from '../path.ts';
import { AUTHENTICATED, MASTERS, serviceAccountUser, type User } from './user.ts';

/** Whom a request is to count as. */
interface Wanted {
  readonly name: string;
  readonly groups: readonly string[];
  readonly node: string | undefined;
  readonly account: { readonly namespace: string; readonly name: string } | undefined;
}

/**
 * `kubectl --as`: the user that a request is to count as, when its own may say so. Each way of being allowed to is tried: the
 * constrained ones, which allow one verb at a time, then the old one, which allows all (apiserver, pkg/endpoints/filters/impersonation;
 * KEP-5284). When none does, the first one's refusal is the answer.
 *
 * @throws ApiError Forbidden, BadRequest
 */
export function impersonated(
  { headers = {} }: HttpRequest,
  user: User,
  info: RequestInfo,
  authorizer: Authorizer,
): User {
  const name = headers['impersonate-user'];
  const groups = (headers['impersonate-group'] ?? '').split('\n').filter((group) => group !== '');
  if (!name) {
    if (groups.length > 0) {
      const asked = `&user.DefaultInfo{Name:"", UID:"", Groups:[]string{${groups.map((each) => JSON.stringify(each)).join(', ')}}, Extra:map[string][]string(nil)}`;
      throw badRequest(`requested ${asked} without impersonating a user name`);
    }
    return user;
  }
  const wanted = read(name, groups);
  let first: ApiError | undefined;
  const mode = constrainedMode(wanted);
  if (mode !== undefined) {
    try {
      authorizer.check({ user, ...info, verb: `impersonate-on:${mode}:${info.verb}` });
      return check(user, wanted, `impersonate:${mode}`, 'authentication.k8s.io', authorizer);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      first = error;
    }
  }
  try {
    return check(user, { ...wanted, node: undefined }, 'impersonate', '', authorizer);
  } catch (error) {
    throw first ?? error;
  }
}

function read(name: string, groups: readonly string[]): Wanted {
  const account = /^system:serviceaccount:(?<namespace>[^:]+):(?<name>[^:]+)$/.exec(name)?.groups;
  const node = /^system:node:(?<node>.+)$/.exec(name)?.groups?.['node'];
  return {
    name,
    groups,
    node,
    account: account && { namespace: account['namespace'] ?? '', name: account['name'] ?? '' },
  };
}

/** Nodes and ServiceAccounts are asked for by their name alone, so that their groups are theirs. */
function constrainedMode({ node, account, groups }: Wanted): string | undefined {
  if (node !== undefined) return groups.length === 0 ? 'arbitrary-node' : undefined;
  if (account) return groups.length === 0 ? 'serviceaccount' : undefined;
  return groups.includes(MASTERS) ? undefined : 'user-info';
}

/** @throws ApiError Forbidden */
function check(user: User, wanted: Wanted, verb: string, group: string, authorizer: Authorizer): User {
  const { name, groups, node, account } = wanted;
  const ask = (resource: string, asked: string, namespace?: string) =>
    authorizer.check(attributes(user, verb, group, resource, asked, namespace));
  if (node !== undefined) ask('nodes', node);
  else if (account) ask('serviceaccounts', account.name, account.namespace);
  else ask('users', name);
  for (const each of groups) ask('groups', each);
  if (account && groups.length === 0) return serviceAccountUser(account.namespace, account.name, '');
  const own = node === undefined ? groups : ['system:nodes'];
  const implied = name === 'system:anonymous' ? 'system:unauthenticated' : AUTHENTICATED;
  const isUnauthenticated = own.includes('system:unauthenticated');
  return { name, groups: own.includes(implied) || isUnauthenticated ? own : [...own, implied] };
}

function attributes(
  user: User,
  verb: string,
  group: string,
  resource: string,
  name: string,
  namespace: string | undefined,
): Attributes {
  return { user, verb, isResource: true, group, resource, subresource: '', namespace, name, path: '' };
}
