import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { afterAll, expect, test } from 'vitest';
import { Random } from '#kernel/random.ts';
import { encodeCertificate, issueCertificate, readCertificate } from './certificate.ts';
import { encodePrivateKey, encodePrivateKeyPkcs8, encodePublicKey, generateKey, readPrivateKey } from './key.ts';
import { encodePem } from './pem.ts';
import { verifyCertificate } from './verify.ts';

const random = new Random(13);
const newKey = () => generateKey((count) => Uint8Array.from({ length: count }, () => random.int(256)));
// As wide as it is, the tests do not end one day; past 2049 the other form of time is needed.
const validity = { notBefore: Date.UTC(2020, 0, 1), notAfter: Date.UTC(2120, 0, 1) };
const now = Date.UTC(2026, 10, 23);
const [caKey, serverKey, clientKey] = [newKey(), newKey(), newKey()];
const ca = issueCertificate({
  ...validity,
  subject: { commonName: 'kubernetes', organizations: [] },
  issuer: { certificate: 'self', key: caKey },
  serial: 0x00ff_0000_0000_0000n,
  isCa: true,
  dnsNames: ['kubernetes'],
  publicKey: caKey.publicKey,
});
const issuer = { certificate: ca, key: caKey };
const server = issueCertificate({
  ...validity,
  subject: { commonName: 'kube-apiserver', organizations: [] },
  issuer,
  serial: 3n,
  extKeyUsage: ['ServerAuth'],
  dnsNames: ['cp1', 'kubernetes.default.svc'],
  ipAddresses: ['10.96.0.1', '127.0.0.1', 'fd00::1'],
  publicKey: serverKey.publicKey,
});
const client = issueCertificate({
  ...validity,
  subject: { commonName: 'kubernetes-admin', organizations: ['system:masters'] },
  issuer,
  serial: 4n,
  extKeyUsage: ['ClientAuth'],
  publicKey: clientKey.publicKey,
});

const folder = await mkdtemp(join(tmpdir(), 'x509-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

function openssl(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8', timeout: 20_000 });
  // Newer releases write names and line ends more tersely.
  return status === 0 ? stdout.replaceAll(' = ', '=').replace(/ +$/gm, '') : `status ${status}\n${stdout}${stderr}`;
}

const missing = spawnSync('openssl', ['version']).status !== 0;
const withOpenssl = (name: string) => (missing ? `${name} (no openssl on the PATH)` : name);

test.skipIf(missing)(withOpenssl('openssl reads our certificates, and finds their chain'), async () => {
  await writeFile(join(folder, 'ca.crt'), encodeCertificate(ca));
  await writeFile(join(folder, 'server.crt'), encodeCertificate(server));
  await writeFile(join(folder, 'client.crt'), encodeCertificate(client));
  const text = openssl('x509', '-noout', '-text', '-in', 'server.crt');
  for (const line of [
    'Version: 3 (0x2)',
    'Signature Algorithm: ecdsa-with-SHA256',
    'Issuer: CN=kubernetes',
    'Not After : Jan  1 00:00:00 2120 GMT',
    'Subject: CN=kube-apiserver',
    'ASN1 OID: prime256v1',
    'X509v3 Key Usage: critical\n                Digital Signature, Key Encipherment',
    'X509v3 Extended Key Usage:\n                TLS Web Server Authentication',
    'X509v3 Basic Constraints: critical\n                CA:FALSE',
    'X509v3 Authority Key Identifier:\n',
    'DNS:cp1, DNS:kubernetes.default.svc, IP Address:10.96.0.1, IP Address:127.0.0.1, IP Address:FD00:0:0:0:0:0:0:1',
  ]) {
    expect(text).toContain(line);
  }
  expect(openssl('x509', '-noout', '-text', '-in', 'ca.crt')).toMatch(/CA:TRUE\n +X509v3 Subject Key Identifier:\n/);
  expect(openssl('x509', '-noout', '-subject', '-in', 'client.crt')).toBe(
    'subject=O=system:masters, CN=kubernetes-admin\n',
  );
  const [print] = /[0-9A-F:]{95}/.exec(openssl('x509', '-noout', '-fingerprint', '-sha256', '-in', 'ca.crt')) ?? [];
  expect(print?.replaceAll(':', '').toLowerCase()).toBe(ca.fingerprint);
  const strict = ['verify', '-CAfile', 'ca.crt', '-purpose'];
  expect(openssl(...strict, 'sslserver', '-verify_ip', '127.0.0.1', 'server.crt')).toBe('server.crt: OK\n');
  expect(openssl(...strict, 'sslclient', 'client.crt')).toBe('client.crt: OK\n');

  const changed = server.der.slice();
  const last = server.rawTbs.byteOffset - server.der.byteOffset + server.rawTbs.length - 1;
  changed[last] = (changed[last] ?? 0) ^ 1;
  await writeFile(join(folder, 'changed.crt'), encodePem('CERTIFICATE', changed));
  expect(openssl(...strict, 'sslserver', 'changed.crt')).toContain('certificate signature failure');
  expect(verifyCertificate(readCertificate(changed), [ca], now)).toMatchObject({ reason: 'UnknownAuthority' });
});

test.skipIf(missing)(withOpenssl('openssl reads our keys, and we read its'), async () => {
  await writeFile(join(folder, 'sec1.key'), encodePrivateKey(caKey));
  await writeFile(join(folder, 'pkcs8.key'), encodePrivateKeyPkcs8(caKey));
  for (const file of ['sec1.key', 'pkcs8.key']) {
    expect(openssl('pkey', '-in', file, '-pubout')).toBe(encodePublicKey(caKey.publicKey));
  }
  expect(openssl('ec', '-in', 'pkcs8.key')).toBe(encodePrivateKey(caKey));
  // With its parameters before it, and then as PKCS #8.
  const sec1 = openssl('ecparam', '-name', 'prime256v1', '-genkey');
  await writeFile(join(folder, 'own.key'), sec1);
  const key = readPrivateKey(sec1);
  expect(readPrivateKey(openssl('pkcs8', '-topk8', '-nocrypt', '-in', 'own.key'))).toEqual(key);
  expect(openssl('pkey', '-in', 'own.key', '-pubout')).toBe(encodePublicKey(key.publicKey));
});

test.skipIf(missing).each([
  ['EC', ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'], 'ECDSA', 'ECDSA-SHA256'],
  ['P-384', ['ec', '-pkeyopt', 'ec_paramgen_curve:secp384r1'], 'ECDSA', 'ECDSA-SHA256'],
  ['RSA', ['rsa:2048'], 'RSA', 'SHA256-RSA'],
])(withOpenssl('we read a certificate that openssl made: %s'), async (name, newkey, algorithm, signatureAlgorithm) => {
  const subject = ['-subj', '/C=DE/O=system:masters/OU=ü/CN=jane', '-utf8', '-days', '30', '-set_serial', '0xfedc'];
  const names = ['-addext', 'subjectAltName=DNS:jane.example,IP:10.1.2.3,IP:fd00::5,email:jane@example.org'];
  const uses = ['-addext', 'extendedKeyUsage=clientAuth,1.2.3.4', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  const files = ['-nodes', '-keyout', `${name}.key`];
  const pem = openssl('req', '-x509', '-newkey', ...newkey, ...files, ...subject, ...names, ...uses);
  await writeFile(join(folder, `${name}.crt`), pem);
  const certificate = readCertificate(pem);
  expect(certificate).toMatchObject({
    version: 3,
    serial: 0xfedcn,
    signatureAlgorithm,
    subject: { commonName: 'jane', organizations: ['system:masters'] },
    isCa: true,
    keyUsage: ['CertSign', 'CRLSign'],
    extKeyUsage: ['ClientAuth', '1.2.3.4'],
    dnsNames: ['jane.example'],
    ipAddresses: ['10.1.2.3', 'fd00::5'],
    publicKey: { algorithm },
  });
  expect(certificate.issuer.attributes.map(({ value }) => value)).toEqual(['DE', 'system:masters', 'ü', 'jane']);
  expect(certificate.notAfter - certificate.notBefore).toBe(30 * 24 * 60 * 60 * 1000);
  expect(encodeCertificate(certificate)).toBe(pem);
  const signer = ['-CA', `${name}.crt`, '-CAkey', `${name}.key`];
  const below = readCertificate(
    openssl('req', '-x509', '-newkey', ...newkey, '-nodes', '-subj', '/CN=below', ...signer),
  );
  const verified = verifyCertificate(below, [certificate], below.notBefore, { usages: ['ClientAuth'] });
  if (name === 'EC') expect(verified.ok).toBe(true);
  else expect(verified).toMatchObject({ message: expect.stringContaining('algorithm unimplemented') });
});

test('a TLS server with our certificates lets our client in, and no stranger', async () => {
  const stranger = newKey();
  const own = issueCertificate({
    ...validity,
    subject: client.subject,
    issuer: { certificate: 'self', key: stranger },
    serial: 4n,
    publicKey: stranger.publicKey,
    extKeyUsage: ['ClientAuth'],
  });
  const listener = createServer({
    key: encodePrivateKey(serverKey),
    cert: encodeCertificate(server),
    ca: encodeCertificate(ca),
    requestCert: true,
    rejectUnauthorized: false,
  });
  listener.on('secureConnection', (socket: TLSSocket) => {
    const { CN, O } = socket.getPeerCertificate().subject;
    socket.end(`${socket.authorized} ${CN} ${O}`);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const ask = (key: string, cert: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, key, cert, ca: encodeCertificate(ca) });
      let said = '';
      socket.setEncoding('utf8').on('data', (data) => {
        said += data;
      });
      socket.on('end', () => resolve(said)).on('error', reject);
    });
  try {
    expect(await ask(encodePrivateKey(clientKey), encodeCertificate(client))).toBe(
      'true kubernetes-admin system:masters',
    );
    expect(await ask(encodePrivateKeyPkcs8(stranger), encodeCertificate(own))).toBe(
      'false kubernetes-admin system:masters',
    );
  } finally {
    await new Promise((resolve) => listener.close(resolve));
  }
});
