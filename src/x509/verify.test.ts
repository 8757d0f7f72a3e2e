import { expect, test } from 'vitest';
import { Random } from '#kernel/random.ts';
import { type CertificateTemplate, issueCertificate, readCertificate } from './certificate.ts';
import { hostProblem, matchesHost } from './host.ts';
import { generateKey } from './key.ts';
import { verifyCertificate } from './verify.ts';

const random = new Random(11);
const newKey = () => generateKey((count) => Uint8Array.from({ length: count }, () => random.int(256)));
const key = newKey();
const now = Date.UTC(2026, 10, 23, 6);
const day = 24 * 60 * 60 * 1000;

function issue(commonName: string, template: Partial<CertificateTemplate> = {}) {
  return issueCertificate({
    subject: { commonName, organizations: [] },
    issuer: { certificate: 'self', key },
    serial: 5n,
    notBefore: now - day,
    notAfter: now + day,
    publicKey: key.publicKey,
    ...template,
  });
}

const ca = issue('kubernetes', { isCa: true });
const issuer = { certificate: ca, key };
const leafKey = newKey();
const leaf = issue('kube-apiserver', {
  issuer,
  publicKey: leafKey.publicKey,
  extKeyUsage: ['ServerAuth'],
  dnsNames: ['kubernetes', '*.svc.cluster.local'],
  ipAddresses: ['10.96.0.1', 'fd00::1'],
});
const otherKey = newKey();
const impostor = issue('kubernetes', {
  isCa: true,
  issuer: { certificate: 'self', key: otherKey },
  publicKey: otherKey.publicKey,
});

test('a certificate leads to its root, directly and through an authority between', () => {
  expect(verifyCertificate(leaf, [impostor, ca], now, { usages: ['ServerAuth'], host: 'kubernetes' })).toEqual({
    ok: true,
    chain: [leaf, ca],
  });
  expect(verifyCertificate(leaf, [leaf], now)).toEqual({ ok: true, chain: [leaf] });
  const between = issue('between', { isCa: true, issuer, publicKey: otherKey.publicKey });
  const below = issue('below', { issuer: { certificate: between, key: otherKey }, publicKey: leafKey.publicKey });
  const options = { intermediates: [between] };
  expect(verifyCertificate(below, [ca], now, options)).toEqual({ ok: true, chain: [below, between, ca] });
  expect(verifyCertificate(below, [ca], now)).toMatchObject({ ok: false, reason: 'UnknownAuthority' });
});

test('authorities that sign each other, and hundreds of the same name, come to an end', () => {
  const a = issue('a', { isCa: true, issuer: { certificate: issue('b', { isCa: true }), key } });
  const b = issue('b', { isCa: true, issuer: { certificate: a, key } });
  expect(verifyCertificate(a, [ca], now, { intermediates: [a, b] })).toMatchObject({
    message: 'x509: certificate signed by unknown authority',
  });
  const many = Array.from({ length: 300 }, () => impostor);
  expect(verifyCertificate(leaf, many, now)).toMatchObject({
    message: 'x509: signature check attempts limit reached while verifying certificate chain',
  });
});

const forClients = issue('kubernetes', { isCa: true, extKeyUsage: ['ClientAuth'] });
const expired = issue('kubernetes', { isCa: true, notAfter: now - 1000 });
const plain = issue('kubernetes');
test.each([
  ['no roots', leaf, [], {}, 'certificate signed by unknown authority'],
  [
    'a root of the same name',
    leaf,
    [impostor],
    {},
    'certificate signed by unknown authority (possibly because of "x509: ECDSA verification failure" while trying to verify candidate authority certificate "kubernetes")',
  ],
  [
    'a root that is no authority',
    leaf,
    [plain],
    {},
    'certificate signed by unknown authority (possibly because of "x509: invalid signature: parent certificate cannot sign this kind of certificate" while trying to verify candidate authority certificate "kubernetes")',
  ],
  [
    'an expired root',
    leaf,
    [expired],
    {},
    'certificate has expired or is not yet valid: current time 2026-11-23T06:00:00Z is after 2026-11-23T05:59:59Z',
  ],
  [
    'an early certificate',
    issue('early', { issuer, notBefore: now + 1000 }),
    [ca],
    {},
    'certificate has expired or is not yet valid: current time 2026-11-23T06:00:00Z is before 2026-11-23T06:00:01Z',
  ],
  ['another use', leaf, [ca], { usages: ['ClientAuth'] as const }, 'certificate specifies an incompatible key usage'],
  [
    'a root for another use',
    leaf,
    [forClients],
    { usages: ['ServerAuth'] as const },
    'certificate specifies an incompatible key usage',
  ],
  [
    'another host',
    leaf,
    [ca],
    { host: '192.168.1.10' },
    'certificate is valid for 10.96.0.1, fd00::1, not 192.168.1.10',
  ],
])('%s', (_, certificate, roots, options, words) => {
  expect(verifyCertificate(certificate, roots, now, options)).toMatchObject({ ok: false, message: `x509: ${words}` });
});

test('the bounds of validity are inside it', () => {
  expect(verifyCertificate(leaf, [ca], leaf.notAfter).ok).toBe(true);
  expect(verifyCertificate(leaf, [ca], leaf.notBefore).ok).toBe(true);
});

test('a changed byte of what was signed is found', () => {
  for (let at = leaf.rawTbs.length - 30; at < leaf.rawTbs.length; at += 5) {
    const der = leaf.der.slice();
    const offset = leaf.rawTbs.byteOffset - leaf.der.byteOffset + at;
    // In the last address, which may be anything.
    der[offset] = (der[offset] ?? 0) ^ 1;
    let changed: ReturnType<typeof readCertificate>;
    try {
      changed = readCertificate(der);
    } catch {
      continue;
    }
    expect(verifyCertificate(changed, [ca], now)).toMatchObject({ reason: 'UnknownAuthority' });
  }
});

test('a host is matched as Go does', () => {
  for (const host of ['kubernetes', 'KUBERNETES.', 'a.svc.cluster.local', '10.96.0.1', '[fd00::1]', 'fd00:0::1']) {
    expect(hostProblem(leaf, host)).toBeUndefined();
  }
  for (const host of [
    '',
    '*',
    'kubernetes.example',
    'a.b.svc.cluster.local',
    'svc.cluster.local',
    '10.96.0.2',
    'kubernetes..',
    '.svc.cluster.local',
  ]) {
    expect(matchesHost(leaf, host)).toBe(false);
  }
  expect(hostProblem(leaf, 'example.org')).toBe(
    'x509: certificate is valid for kubernetes, *.svc.cluster.local, not example.org',
  );
  expect(hostProblem(ca, 'kubernetes')).toBe('x509: certificate relies on legacy Common Name field, use SANs instead');
  expect(hostProblem(ca, 'localhost')).toBe(
    'x509: certificate is not valid for any names, but wanted to match localhost',
  );
  expect(hostProblem(ca, '127.0.0.1')).toBe(
    "x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
  );
});
