import type { Kernel } from '#kernel/kernel.ts';
import { uuid } from '#kernel/uuid.ts';
import { decodeBase64, encodeBase64 } from '#x509/base64.ts';
import { type PrivateKey, type PublicKey, sign, verify } from '#x509/key.ts';
import { serviceAccount as accountKind } from '../../api/kinds/core/service-account.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { Registry } from '../registry/registry.ts';
import { bytesToText, textToBytes } from './jwt-bytes.ts';
import { serviceAccountUser, type User } from './user.ts';

/** What a token is bound to: when it is gone, the token is worth nothing. */
export interface BoundObject {
  readonly kind: 'Pod';
  readonly name: string;
  readonly uid: string;
}

interface Claims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly nbf: number;
  readonly sub: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly serviceaccount: { readonly name: string; readonly uid: string };
    readonly pod?: { readonly name: string; readonly uid: string };
  };
}

export interface TokenOptions {
  readonly kernel: Kernel;
  readonly registry: Registry;
  /** `--service-account-issuer` */
  readonly issuer: string;
  readonly signingKey: PrivateKey;
  readonly publicKey: PublicKey;
}

/** Tokens of ServiceAccounts: JWTs that the API server signs (pkg/serviceaccount). */
export class ServiceAccountTokens {
  readonly #options: TokenOptions;
  readonly #verified = new Map<string, Claims>();
  readonly #users = new WeakMap<Claims, User>();

  constructor(options: TokenOptions) {
    this.#options = options;
  }

  /** The token is signed when it is read first: most are never shown to anybody. @param seconds until it expires */
  issue(
    account: { readonly namespace: string; readonly name: string; readonly uid: string },
    audiences: readonly string[],
    seconds: number,
    bound: BoundObject | undefined,
  ): { readonly token: string; readonly expires: number } {
    const { kernel, issuer, signingKey } = this.#options;
    const now = Math.floor(kernel.now / 1000);
    const claims: Claims = {
      aud: audiences.length > 0 ? audiences : [issuer],
      exp: now + seconds,
      iat: now,
      iss: issuer,
      jti: uuid(kernel.random),
      'kubernetes.io': {
        namespace: account.namespace,
        ...(bound && { pod: { name: bound.name, uid: bound.uid } }),
        serviceaccount: { name: account.name, uid: account.uid },
      },
      nbf: now,
      sub: `system:serviceaccount:${account.namespace}:${account.name}`,
    };
    const verified = this.#verified;
    let signed: string | undefined;
    return {
      get token() {
        if (signed === undefined) {
          signed = signedToken(claims, signingKey);
          verified.set(signed, claims);
        }
        return signed;
      },
      expires: claims.exp * 1000,
    };
  }

  /** Whom a token stands for; undefined for one that is not good any longer, or never was. */
  user(token: string): User | undefined {
    const { kernel, registry, issuer } = this.#options;
    const claims = this.#verified.get(token) ?? this.#read(token);
    if (!claims || claims.iss !== issuer || !claims.aud.includes(issuer)) return undefined;
    const now = kernel.now / 1000;
    if (now >= claims.exp || now < claims.nbf) return undefined;
    const { namespace, serviceaccount, pod } = claims['kubernetes.io'];
    const account = registry.find({ kind: accountKind, namespace, name: serviceaccount.name });
    if (account?.metadata.uid !== serviceaccount.uid) return undefined;
    if (pod && registry.find({ kind: podKind, namespace, name: pod.name })?.metadata.uid !== pod.uid) return undefined;
    const user = this.#users.get(claims) ?? userOf(claims);
    this.#users.set(claims, user);
    return user;
  }

  #read(token: string): Claims | undefined {
    const [head, body, signature, ...more] = token.split('.');
    if (!head || !body || !signature || more.length > 0) return undefined;
    try {
      const isGood = verify(
        this.#options.publicKey,
        textToBytes(`${head}.${body}`),
        decodeBase64(signature, 'url'),
        'compact',
      );
      if (!isGood) return undefined;
      const claims = JSON.parse(bytesToText(decodeBase64(body, 'url'))) as Claims;
      this.#verified.set(token, claims);
      return claims;
    } catch {
      return undefined;
    }
  }
}

function userOf({ jti, 'kubernetes.io': { namespace, serviceaccount, pod } }: Claims): User {
  return serviceAccountUser(namespace, serviceaccount.name, serviceaccount.uid, {
    'authentication.kubernetes.io/credential-id': [`JTI=${jti}`],
    ...(pod && {
      'authentication.kubernetes.io/pod-name': [pod.name],
      'authentication.kubernetes.io/pod-uid': [pod.uid],
    }),
  });
}

function signedToken(claims: Claims, key: PrivateKey): string {
  const text = `${encodePart({ alg: 'ES256', typ: 'JWT' })}.${encodePart(claims)}`;
  return `${text}.${encodeBase64(sign(key, textToBytes(text), 'compact'), 'url')}`;
}

function encodePart(value: object): string {
  return encodeBase64(textToBytes(JSON.stringify(value)), 'url');
}
