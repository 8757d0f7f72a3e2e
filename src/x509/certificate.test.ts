import { expect, test } from 'vitest';
import { Random } from '#kernel/random.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import {
  type Certificate,
  type CertificateTemplate,
  encodeCertificate,
  issueCertificate,
  newSerial,
  readCertificate,
  readCertificates,
} from './certificate.ts';
import { context, integer, objectIdentifier, octetString, sequence } from './der-writer.ts';
import { formatIpAddress, parseIpAddress } from './ip-address.ts';
import {
  encodePrivateKey,
  encodePrivateKeyPkcs8,
  encodePublicKey,
  generateKey,
  keyId,
  readPrivateKey,
  readPublicKey,
  sign,
  verify,
} from './key.ts';
import { decodePem, encodePem } from './pem.ts';
import { sha256 } from './sha256.ts';
import { X509Error } from './x509-error.ts';

const random = new Random(7);
const bytes = (count: number) => Uint8Array.from({ length: count }, () => random.int(256));
const some = <T>(most: number, make: () => T): T[] => Array.from({ length: random.int(most + 1) }, make);
const word = (alphabet: string) =>
  Array.from({ length: 1 + random.int(20) }, () => random.pick([...alphabet])).join('');
const caKey = generateKey(bytes);
const ca = issueCertificate({
  subject: { commonName: 'kubernetes', organizations: [] },
  issuer: { certificate: 'self', key: caKey },
  serial: newSerial(bytes),
  notBefore: Date.UTC(2026, 10, 23, 6),
  notAfter: Date.UTC(2036, 10, 20, 6),
  isCa: true,
  dnsNames: ['kubernetes'],
  publicKey: caKey.publicKey,
});

test('what is issued is read again: random subjects, alternative names, times, uses', () => {
  const key = generateKey(bytes);
  for (let round = 0; round < 150; round++) {
    const template = {
      subject: {
        commonName: word('abc:. *üß漢😀@_-'),
        organizations: some(4, () => `system:${word('mastersé-')}`),
      },
      issuer: { certificate: random.pick<Certificate | 'self'>([ca, 'self']), key: caKey },
      serial: newSerial(bytes),
      notBefore: random.int(4_000_000_000) * 1000,
      notAfter: random.int(250_000_000_000) * 1000,
      isCa: random.pick([true, false]),
      keyUsage: (['DigitalSignature', 'KeyEncipherment', 'CertSign', 'CRLSign', 'DecipherOnly'] as const).filter(() =>
        random.pick([true, false]),
      ),
      extKeyUsage: (['ServerAuth', 'ClientAuth', 'Any'] as const).filter(() => random.pick([true, false])),
      dnsNames: some(30, () => word('abc.*-')),
      ipAddresses: some(4, () => formatIpAddress(bytes(random.pick([4, 16])))),
    };
    const publicKey = template.issuer.certificate === 'self' ? caKey.publicKey : key.publicKey;
    const certificate = issueCertificate({ ...template, publicKey });
    const { subject, issuer, ...rest } = template;
    expect(certificate).toMatchObject({ ...rest, publicKey, version: 3, unhandledCritical: [] });
    expect(certificate.subject.commonName).toBe(subject.commonName);
    expect([...certificate.subject.organizations].sort()).toEqual([...subject.organizations].sort());
    expect(certificate.issuer).toEqual(issuer.certificate === 'self' ? certificate.subject : ca.subject);
    expect(certificate.authorityKeyId).toEqual(
      issuer.certificate === 'self' ? new Uint8Array() : keyId(caKey.publicKey),
    );
    expect(
      readCertificates(`words\n${encodeCertificate(ca)}${encodePrivateKey(key)}${encodeCertificate(certificate)}`),
    ).toEqual([ca, certificate]);
  }
});

test('an authority is as kubeadm makes it', () => {
  expect(ca).toMatchObject({
    signatureAlgorithm: 'ECDSA-SHA256',
    isCa: true,
    keyUsage: ['DigitalSignature', 'KeyEncipherment', 'CertSign'],
    subjectKeyId: keyId(caKey.publicKey),
    authorityKeyId: new Uint8Array(),
    maxPathLength: undefined,
  });
  expect(ca.fingerprint).toMatch(/^[0-9a-f]{64}$/);
});

test('the bytes are those of Go: what is signed was compared with x509.CreateCertificate', () => {
  const key = generateKey(() => new Uint8Array(48).fill(9));
  const validity = { notBefore: Date.UTC(2026, 10, 23, 6, 0, 0, 999), notAfter: Date.UTC(2050, 0, 1) };
  const self = { certificate: 'self', key } as const;
  const root = issueCertificate({
    ...validity,
    subject: { commonName: 'kubernetes', organizations: [] },
    issuer: self,
    serial: 0x80n,
    isCa: true,
    dnsNames: ['kubernetes'],
    publicKey: key.publicKey,
  });
  const leaf = issueCertificate({
    ...validity,
    subject: { commonName: 'kubernetes-ädmin', organizations: ['system:nodes', 'kubeadm:cluster-admins', 'system:a'] },
    issuer: { certificate: root, key },
    serial: 2n ** 63n - 2n,
    keyUsage: ['KeyEncipherment', 'DecipherOnly'],
    extKeyUsage: ['ClientAuth', 'ServerAuth'],
    dnsNames: ['cp1'],
    ipAddresses: ['fd00::1', '10.96.0.1'],
    publicKey: key.publicKey,
  });
  const sameName = issueCertificate({
    ...validity,
    subject: root.subject,
    issuer: { certificate: root, key },
    serial: 1n,
    publicKey: key.publicKey,
  });
  expect([root, leaf, sameName].map(({ rawTbs }) => Buffer.from(sha256(rawTbs)).toString('hex'))).toEqual([
    '64cfe388aed59f5d5d2bed845fcc234744dad2942d51da0e0d92bb666c0e9e6e',
    '0915976c2239769a590f6bbb21391040f503309135d15d1acb1b95eb51f07056',
    '9441a65a0d531b622798d6ec04382008f46737570d7e0eefdee3ea9229d213ac',
  ]);
});

test('a day that no month has is no time', () => {
  const at = Buffer.from(ca.der).indexOf('361120060000Z');
  const changed = ca.der.slice();
  changed.set(Buffer.from('360230060000Z'), at);
  expect(() => readCertificate(changed)).toThrow(new X509Error('x509: malformed UTCTime'));
});

test('every truncation is an X509Error, and no changed byte is anything worse', () => {
  for (let length = 0; length < ca.der.length; length++) {
    expect(() => readCertificate(ca.der.slice(0, length))).toThrow(X509Error);
  }
  expect(() => readCertificate(Uint8Array.of(...ca.der, 0))).toThrow('x509: trailing data');
  for (let round = 0; round < 1000; round++) {
    const changed = ca.der.slice();
    for (let change = random.int(3); change >= 0; change--) changed[random.int(changed.length)] = random.int(256);
    expect(() => orX509Error(() => readCertificate(changed))).not.toThrow();
    expect(() => orX509Error(() => readPrivateKey(encodePem('EC PRIVATE KEY', changed)))).not.toThrow();
  }
  for (const lengths of [[0x80], [0x85, 1, 1, 1, 1, 1], [0x84, 0xff, 0xff, 0xff, 0xff], [0x81, 5]]) {
    expect(() => readCertificate(Uint8Array.of(0x30, ...lengths))).toThrow(X509Error);
  }
});

function orX509Error(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
  }
}

test.each<[string, Partial<CertificateTemplate>, string]>([
  ['an address', { ipAddresses: ['10.0.0.256'] }, 'x509: invalid IP address "10.0.0.256"'],
  ['a name', { dnsNames: ['bücher.example'] }, 'x509: "bücher.example" cannot be encoded as an IA5String'],
  ['a time', { notAfter: Number.NaN }, 'x509: cannot represent time as GeneralizedTime'],
  ['a serial number', { serial: 0n }, 'x509: serial number must be positive'],
  [
    'a key',
    { issuer: { certificate: ca, key: generateKey(bytes) } },
    "x509: provided PrivateKey doesn't match parent's PublicKey",
  ],
])('%s that cannot be is refused', (_, wrong, message) => {
  const right = { subject: ca.subject, issuer: { certificate: ca, key: caKey }, serial: 1n, notBefore: 0, notAfter: 0 };
  expect(() => issueCertificate({ ...right, publicKey: caKey.publicKey, ...wrong })).toThrow(new X509Error(message));
});

test('keys are written and read, in both forms', () => {
  const key = generateKey(bytes);
  for (const pem of [encodePrivateKey(key), encodePrivateKeyPkcs8(key)]) expect(readPrivateKey(pem)).toEqual(key);
  expect(readPublicKey(encodePublicKey(key.publicKey))).toEqual(key.publicKey);
  expect(generateKey(() => new Uint8Array(48).fill(9))).toEqual(generateKey(() => new Uint8Array(48).fill(9)));
});

test('a key may lack its leading zeros, and may not be zero', () => {
  const withScalar = (...scalar: number[]) => {
    const curve = context(0, true, objectIdentifier('1.2.840.10045.3.1.7'));
    return encodePem('EC PRIVATE KEY', sequence(integer(1n), octetString(Uint8Array.from(scalar)), curve));
  };
  expect(readPrivateKey(withScalar(3)).secret).toEqual(Uint8Array.from({ length: 32 }, (_, at) => (at === 31 ? 3 : 0)));
  for (const wrong of [[], [0], [1, ...new Uint8Array(32)], Array<number>(32).fill(255)]) {
    expect(() => readPrivateKey(withScalar(...wrong))).toThrow('x509: invalid elliptic curve private key value');
  }
});

test('signatures hold for their message and key alone', () => {
  const [message, other] = [bytes(100), generateKey(bytes).publicKey];
  for (const format of ['der', 'compact'] as const) {
    const signature = sign(caKey, message, format);
    expect(sign(caKey, message, format)).toEqual(signature);
    expect(verify(caKey.publicKey, message, signature, format)).toBe(true);
    expect(verify(other, message, signature, format)).toBe(false);
    expect(verify(caKey.publicKey, bytes(100), signature, format)).toBe(false);
    expect(verify(caKey.publicKey, message, signature.slice(1), format)).toBe(false);
    expect(verify(caKey.publicKey, message, new Uint8Array(), format)).toBe(false);
  }
});

test('what is no PEM says so in the words of client-go', () => {
  const pem = encodeCertificate(ca);
  for (const wrong of ['', 'nonsense', pem.slice(0, -30), pem.replace('MII', 'M!I'), encodePrivateKey(caKey)]) {
    expect(() => readCertificate(wrong)).toThrow(
      new X509Error('data does not contain any valid RSA or ECDSA certificates'),
    );
  }
  expect(() => readPrivateKey(pem)).toThrow(new X509Error('data does not contain a valid RSA or ECDSA private key'));
  expect(() => readCertificate(encodePem('CERTIFICATE', bytes(40)))).toThrow(X509Error);
  expect(decodePem(pem.replaceAll('\n', '\r\n'))).toEqual(decodePem(pem));
  expect(decodePem('-----BEGIN A-----\n'.repeat(50_000))).toEqual([]);
});

test('base64 is as Buffer has it', () => {
  for (let length = 0; length < 100; length++) {
    const data = bytes(length);
    for (const [ours, theirs] of [['standard', 'base64'] as const, ['url', 'base64url'] as const]) {
      const text = Buffer.from(data).toString(theirs);
      expect(encodeBase64(data, ours)).toBe(text);
      expect(decodeBase64(text, ours)).toEqual(data);
    }
  }
  for (const wrong of ['A', 'AAA', 'A===', 'AA=A', 'AAA A', '-_==', '====']) {
    expect(() => decodeBase64(wrong)).toThrow(X509Error);
  }
});

test.each([
  ['::', '::'],
  ['::1', '::1'],
  ['FD00:0:0:1::0', 'fd00:0:0:1::'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['1:0:0:2:0:0:3:4', '1::2:0:0:3:4'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['64:ff9b::10.0.0.1', '64:ff9b::a00:1'],
  ['10.96.0.1', '10.96.0.1'],
])('the address %j is written %j', (text, canonical) => {
  const parsed = parseIpAddress(text);
  expect(parsed && formatIpAddress(parsed)).toBe(canonical);
});

test('what is no address is none', () => {
  const wrong =
    ':,:::,1::2::3,1:2:3:4:5:6:7:8:9,1:2:3:4:5:6:7:8::,10.0.0,010.0.0.1,::1%eth0,1:2,g::,::10.0.0,1.2.3.4::';
  for (const text of ['', ...wrong.split(',')]) expect(parseIpAddress(text)).toBeUndefined();
});
