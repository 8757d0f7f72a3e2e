import type { Kernel } from '#kernel/kernel.ts';
import type { HttpRequest } from '#machine/http.ts';
import { type Certificate, readCertificate } from '#x509/certificate.ts';
import { verifyCertificate } from '#x509/verify.ts';
import { unauthorized } from '../../api/status.ts';
import { AUTHENTICATED, type User } from './user.ts';

export interface AuthenticatorOptions {
  readonly kernel: Kernel;
  /** `--client-ca-file` */
  readonly clientAuthorities: readonly Certificate[];
  /** Whom a bearer token stands for; undefined for one that is not good. */
  readonly token: (token: string) => User | undefined;
}

/** Certificates that were found good, so that signatures are not checked with each request. */
type Known = ReadonlyMap<string, { readonly user: User; readonly certificate: Certificate }>;

/** Who sends a request: by the certificate of the connection, or by a token (apiserver, pkg/authentication/request). */
export function authenticator({
  kernel,
  clientAuthorities,
  token,
}: AuthenticatorOptions): (request: HttpRequest) => User | undefined {
  const known = new Map() as Map<string, { readonly user: User; readonly certificate: Certificate }>;
  return ({ peer, headers }) => {
    const bearer = /^Bearer (?<token>\S+)$/.exec(headers?.['authorization'] ?? '')?.groups?.['token'];
    if (peer?.certificate) {
      const user = byCertificate(kernel, peer.certificate, clientAuthorities, known);
      if (user) return user;
      if (!bearer) throw unauthorized();
    }
    if (!bearer) return undefined;
    const user = token(bearer);
    if (!user) throw unauthorized();
    return user;
  };
}

function byCertificate(
  { now }: Kernel,
  pem: string,
  authorities: readonly Certificate[],
  known: Known & Map<string, { readonly user: User; readonly certificate: Certificate }>,
): User | undefined {
  const before = known.get(pem);
  if (before)
    return now <= before.certificate.notAfter && now >= before.certificate.notBefore ? before.user : undefined;
  const certificate = readCertificate(pem);
  const result = verifyCertificate(certificate, authorities, now, { usages: ['ClientAuth'] });
  if (!result.ok) return undefined;
  const { commonName, organizations } = certificate.subject;
  const user: User = {
    name: commonName,
    groups: [...organizations, AUTHENTICATED],
    extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${certificate.fingerprint}`] },
  };
  known.set(pem, { user, certificate });
  return user;
}
