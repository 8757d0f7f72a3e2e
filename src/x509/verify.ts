import { equalBytes } from '@noble/curves/utils.js';
import { timestamp } from '#kernel/calendar.ts';
import type { Certificate } from './certificate.ts';
import type { ExtKeyUsage } from './extensions.ts';
import { hostProblem } from './host.ts';
import { sameKey, verify } from './key.ts';

/** Which alert TLS sends hangs on the reason; `message` is Go's. */
export interface VerifyFailure {
  readonly ok: false;
  readonly reason: 'Expired' | 'UnknownAuthority' | 'Hostname' | 'Invalid';
  readonly message: string;
}

/** The chain leads from the certificate to a root. */
export type Verification = { readonly ok: true; readonly chain: readonly Certificate[] } | VerifyFailure;

export interface VerifyOptions {
  /** What the certificate may be used for, one of them is enough: servers ask for ClientAuth, clients for ServerAuth. Any if not given. */
  readonly usages?: readonly ExtKeyUsage[];
  /** The name or address that was dialled. */
  readonly host?: string;
  /** Authorities that came along and lead to a root, perhaps. */
  readonly intermediates?: readonly Certificate[];
}

/** As in Go: longer searches are attacks. */
const MAX_SIGNATURE_CHECKS = 100;

/**
 * As Go's Certificate.Verify: the certificate's own validity, then its host, then chains to a root, then what they may be used
 * for. Signatures other than ECDSA P-256 with SHA-256, and name constraints, are not understood: nothing that needs them is trusted.
 * @param now milliseconds since the epoch
 */
export function verifyCertificate(
  certificate: Certificate,
  roots: readonly Certificate[],
  now: number,
  options: VerifyOptions = {},
): Verification {
  const { usages = ['Any'], host, intermediates = [] } = options;
  const own = invalid(certificate, [], now, false);
  if (own) return own;
  const wrongHost = host === undefined ? undefined : hostProblem(certificate, host);
  if (wrongHost !== undefined) return { ok: false, reason: 'Hostname', message: wrongHost };
  const found: Chain[] | VerifyFailure = roots.some((root) => equalBytes(root.der, certificate.der))
    ? [[certificate]]
    : buildChains([certificate], roots, intermediates, now, { checks: 0 });
  if (!Array.isArray(found)) return found;
  const chain = found.find((candidate) => allows(candidate, usages));
  return chain ? { ok: true, chain } : failure('Invalid', 'certificate specifies an incompatible key usage');
}

type Chain = readonly [Certificate, ...Certificate[]];

function buildChains(
  chain: Chain,
  roots: readonly Certificate[],
  intermediates: readonly Certificate[],
  now: number,
  budget: { checks: number },
): Chain[] | VerifyFailure {
  const child = chain.at(-1) ?? chain[0];
  const chains: Chain[] = [];
  let hint = '';
  // What was found out last about a parent that did sign: it is said instead of the hint.
  let last: VerifyFailure | undefined;
  for (const [pool, isRoot] of [[roots, true] as const, [intermediates, false] as const]) {
    for (const parent of likelyParents(child, pool)) {
      if (++budget.checks > MAX_SIGNATURE_CHECKS) {
        if (chains.length > 0) return chains;
        return failure('Invalid', 'signature check attempts limit reached while verifying certificate chain');
      }
      if (chain.some((seen) => sameAuthority(seen, parent))) continue;
      const unsigned = signatureProblem(child, parent);
      if (unsigned === undefined) last = invalid(parent, chain, now, !isRoot);
      const problem = unsigned ?? last?.message;
      if (problem !== undefined) {
        hint ||= ` (possibly because of ${quote(problem)} while trying to verify candidate authority certificate ${quote(nameOf(parent))})`;
        continue;
      }
      const longer: Chain = [...chain, parent];
      const found = isRoot ? [longer] : buildChains(longer, roots, intermediates, now, budget);
      if (Array.isArray(found)) chains.push(...found);
      else last = found;
    }
  }
  if (chains.length > 0) return chains;
  return last ?? failure('UnknownAuthority', `certificate signed by unknown authority${hint}`);
}

/** By name, those first whose key id is the one that the child names. */
function likelyParents(child: Certificate, pool: readonly Certificate[]): readonly Certificate[] {
  const rank = ({ subjectKeyId }: Certificate): number => {
    if (equalBytes(subjectKeyId, child.authorityKeyId)) return 0;
    return subjectKeyId.length === 0 || child.authorityKeyId.length === 0 ? 1 : 2;
  };
  return pool.filter(({ rawSubject }) => equalBytes(rawSubject, child.rawIssuer)).toSorted((a, b) => rank(a) - rank(b));
}

function signatureProblem(child: Certificate, parent: Certificate): string | undefined {
  const mayNotSign = parent.isCa === undefined ? parent.version === 3 : !parent.isCa;
  if (mayNotSign || (parent.keyUsage.length > 0 && !parent.keyUsage.includes('CertSign'))) {
    return 'x509: invalid signature: parent certificate cannot sign this kind of certificate';
  }
  if (child.signatureAlgorithm !== 'ECDSA-SHA256' || !parent.publicKey.point) {
    return 'x509: cannot verify signature: algorithm unimplemented';
  }
  if (verify(parent.publicKey, child.rawTbs, child.signature)) return undefined;
  return 'x509: ECDSA verification failure';
}

function invalid(
  certificate: Certificate,
  chain: readonly Certificate[],
  now: number,
  isIntermediate: boolean,
): VerifyFailure | undefined {
  const { notBefore, notAfter, isCa, maxPathLength } = certificate;
  if (certificate.unhandledCritical.length > 0) return failure('Invalid', 'unhandled critical extension');
  const words = 'certificate has expired or is not yet valid: current time';
  if (now < notBefore) return failure('Expired', `${words} ${timestamp(now)} is before ${timestamp(notBefore)}`);
  if (now > notAfter) return failure('Expired', `${words} ${timestamp(now)} is after ${timestamp(notAfter)}`);
  if (isIntermediate && !isCa) {
    return failure('Invalid', 'certificate is not authorized to sign other certificates');
  }
  if (maxPathLength !== undefined && chain.length - 1 > maxPathLength) {
    return failure('Invalid', 'too many intermediates for path length constraint');
  }
  return undefined;
}

/** An authority that names uses passes on no others; one that names none passes on all. */
function allows(chain: Chain, usages: readonly ExtKeyUsage[]): boolean {
  if (usages.includes('Any')) return true;
  const restricting = chain.filter(({ extKeyUsage }) => extKeyUsage.length > 0 && !extKeyUsage.includes('Any'));
  return usages.some((use) => restricting.every(({ extKeyUsage }) => extKeyUsage.includes(use)));
}

function sameAuthority(a: Certificate, b: Certificate): boolean {
  const [names, others] = [a.subjectAltName, b.subjectAltName];
  const sameNames = names && others ? equalBytes(names, others) : names === others;
  return sameNames && equalBytes(a.rawSubject, b.rawSubject) && sameKey(a.publicKey, b.publicKey);
}

function nameOf({ subject, serial }: Certificate): string {
  return subject.commonName || subject.organizations[0] || `serial:${serial}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function failure(reason: VerifyFailure['reason'], words: string): VerifyFailure {
  return { ok: false, reason, message: `x509: ${words}` };
}
