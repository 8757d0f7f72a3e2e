import type { Certificate } from './certificate.ts';
import { formatIpAddress, parseIpAddress } from './ip-address.ts';

/** Is the certificate one for this host? See {@link hostProblem}. */
export function matchesHost(certificate: Certificate, host: string): boolean {
  return hostProblem(certificate, host) === undefined;
}

/**
 * As Go's Certificate.VerifyHostname: an address, perhaps in brackets, is sought among the IP addresses alone, a name among
 * the DNS names, whose first label may be `*`. The common name does not count.
 * @returns undefined if it is, else Go's words
 */
export function hostProblem(certificate: Certificate, host: string): string | undefined {
  const bare = /^\[.+\]$/.test(host) ? host.slice(1, -1) : host;
  const address = parseIpAddress(bare);
  const wanted = address && formatIpAddress(address);
  if (wanted !== undefined) return certificate.ipAddresses.includes(wanted) ? undefined : mismatch(certificate, bare);
  return certificate.dnsNames.some((name) => nameMatches(name, host)) ? undefined : mismatch(certificate, host);
}

function mismatch(certificate: Certificate, host: string): string {
  const { dnsNames, ipAddresses, subjectAltName, subject } = certificate;
  if (!subjectAltName && labelsMatch(subject.commonName, host)) {
    return 'x509: certificate relies on legacy Common Name field, use SANs instead';
  }
  const isAddress = parseIpAddress(host) !== undefined;
  const names = isAddress ? ipAddresses : dnsNames;
  if (isAddress && names.length === 0) {
    return `x509: cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
  }
  // More names than this are counted, not listed.
  if (names.length >= 100) {
    return `x509: certificate is valid for ${names.length} ${isAddress ? 'IP SANs' : 'names'}, but none matched ${host}`;
  }
  if (names.join() === '') return `x509: certificate is not valid for any names, but wanted to match ${host}`;
  return `x509: certificate is valid for ${names.join(', ')}, not ${host}`;
}

function nameMatches(pattern: string, host: string): boolean {
  // Perfect matches count even where a name could not be a host's.
  if (isHostName(host.replace(/\.$/, ''), false) && isHostName(pattern, true)) return labelsMatch(pattern, host);
  return ![pattern, host].some((name) => name === '' || name === '.') && lowerCase(pattern) === lowerCase(host);
}

function isHostName(name: string, isPattern: boolean): boolean {
  if (name === '*') return false;
  return name.split('.').every((label, at) => (isPattern && at === 0 && label === '*') || /^\w[\w-]*$/.test(label));
}

function labelsMatch(pattern: string, host: string): boolean {
  const wanted = lowerCase(host.replace(/\.$/, '')).split('.');
  const labels = lowerCase(pattern).split('.');
  if (pattern === '' || labels.length !== wanted.length) return false;
  return labels.every((label, at) => (at === 0 && label === '*') || label === wanted[at]);
}

function lowerCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
