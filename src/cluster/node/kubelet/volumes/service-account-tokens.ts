import { parseTime } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';
import type { Pod } from '../../../api/types/pod.ts';
import type { Client } from '../../../client/client.ts';

interface Token {
  /** Makes it; the API server signs it only then. */
  readonly token: () => string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
  readonly seconds: number;
}

/** A token is renewed when so much of its time is left; and after a day, whatever it lasts. */
const RENEW_WITHIN = 0.2;
const LONGEST = 24 * 3600 * 1000;

/** Tokens of ServiceAccounts for Pods, asked for again before they expire (pkg/kubelet/token.Manager). */
export class ServiceAccountTokens {
  readonly #kernel: Kernel;
  readonly #client: Client | undefined;
  readonly #tokens = new Map<string, Map<string, Token>>();

  constructor(kernel: Kernel, client: Client | undefined) {
    this.#kernel = kernel;
    this.#client = client;
  }

  /** A token that is bound to the Pod: the same function as long as it is the same token. @throws Error with the words of the event FailedMount */
  get(pod: Pod, audience: string | undefined, seconds: number): () => string {
    const { namespace, uid } = pod.metadata;
    const account = pod.spec.serviceAccountName ?? 'default';
    const key = `${account} ${audience ?? ''} ${seconds}`;
    const tokens = this.#tokens.get(uid) ?? new Map<string, Token>();
    this.#tokens.set(uid, tokens);
    const known = tokens.get(key);
    if (known && !this.#isOld(known)) return known.token;
    try {
      const fresh = this.#request(pod, account, audience, seconds);
      tokens.set(key, fresh);
      return fresh.token;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!known) throw new Error(`failed to fetch token: ${why}`);
      if (known.expires <= this.#kernel.now)
        throw new Error(`token ${JSON.stringify(`${namespace}/${account}`)} expired and refresh failed: ${why}`);
      return known.token;
    }
  }

  forget(uid: string): void {
    this.#tokens.delete(uid);
  }

  #isOld({ expires, seconds }: Token): boolean {
    const { now } = this.#kernel;
    const begun = expires - seconds * 1000;
    return now > begun + LONGEST || now > expires - seconds * 1000 * RENEW_WITHIN;
  }

  #request({ metadata }: Pod, account: string, audience: string | undefined, seconds: number): Token {
    const { namespace, name, uid } = metadata;
    const answer = this.#client?.request({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {
          audiences: audience ? [audience] : [],
          expirationSeconds: seconds,
          boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name, uid },
        },
      },
    }) as { readonly status?: { readonly token?: string; readonly expirationTimestamp?: string } } | undefined;
    if (!answer) throw new Error('cannot use TokenManager when kubelet is in standalone mode');
    const { status } = answer;
    return { token: () => status?.token ?? '', expires: parseTime(status?.expirationTimestamp ?? ''), seconds };
  }
}
