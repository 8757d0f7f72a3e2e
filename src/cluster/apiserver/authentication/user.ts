/** Who asks (apiserver, pkg/authentication/user.Info). */
export interface User {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

export const AUTHENTICATED = 'system:authenticated';
export const MASTERS = 'system:masters';

/** `system:serviceaccount:NAMESPACE:NAME` and its groups. */
export function serviceAccountUser(namespace: string, name: string, uid: string, extra?: User['extra']): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, AUTHENTICATED],
    ...(extra && { extra }),
  };
}
