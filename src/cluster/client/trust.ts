import { type Certificate, readCertificate, readCertificates } from '#x509/certificate.ts';
import { type Verification, type VerifyOptions, verifyCertificate } from '#x509/verify.ts';

type Options = Pick<VerifyOptions, 'usages' | 'host'>;

/** Chains that were verified once: only time can break them. A cluster has a few dozen certificates. */
const verified = new Map<string, Map<string, Map<string, Chain>>>();

type Chain = Extract<Verification, { readonly ok: true }>['chain'];

/**
 * Verifies a certificate in PEM, as a TLS handshake does. Handshakes are many, certificates few: what was verified once is verified
 * again only when a certificate of its chain is out of date.
 *
 * @param roots PEM
 * @throws X509Error for what is no certificate
 */
export function verifyPem(pem: string, roots: string, now: number, options: Options): Verification {
  const purpose = `${options.host}\n${options.usages?.join() ?? ''}`;
  // Not one long key: the texts are long, and the same ones each time.
  const known = verified.get(pem)?.get(roots)?.get(purpose);
  if (known?.every((certificate) => isCurrent(certificate, now))) return { ok: true, chain: known };
  const result = verifyCertificate(readCertificate(pem), readCertificates(roots), now, options);
  if (result.ok) inside(inside(verified, pem), roots).set(purpose, result.chain);
  return result;
}

function inside<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const known = map.get(key) ?? new Map<string, V>();
  map.set(key, known);
  return known;
}

function isCurrent({ notBefore, notAfter }: Certificate, now: number): boolean {
  return now >= notBefore && now <= notAfter;
}
