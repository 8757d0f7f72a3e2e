import { calendarTime } from '#kernel/calendar.ts';
import type { Certificate } from '#x509/certificate.ts';
import { encodePublicKey } from '#x509/key.ts';
import type { Name } from '#x509/name.ts';
import { decodePem } from '#x509/pem.ts';
import { sha1 } from '#x509/sha1.ts';
import { sha256 } from '#x509/sha256.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const ATTRIBUTES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
};

/** `Nov 23 03:59:14 2026 GMT` */
export function opensslTime(milliseconds: number): string {
  const { year, month, day, hour, minute, second } = calendarTime(milliseconds);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${MONTHS[month - 1]} ${String(day).padStart(2)} ${two(hour)}:${two(minute)}:${two(second)} ${year} GMT`;
}

/** `O=system:masters, CN=kubernetes-admin` */
export function subjectLine({ attributes }: Name): string {
  return attributes.map(({ type, value }) => `${ATTRIBUTES[type] ?? type}=${value}`).join(', ');
}

/** `sha1 Fingerprint=AA:BB:…` */
export function fingerprint({ der }: Certificate, isSha256: boolean): string {
  return `${isSha256 ? 'sha256' : 'sha1'} Fingerprint=${hex(isSha256 ? sha256(der) : sha1(der), ':').toUpperCase()}\n`;
}

function hex(bytes: Uint8Array, separator: string): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(separator);
}

const KEY_USAGES: Readonly<Record<string, string>> = {
  DigitalSignature: 'Digital Signature',
  ContentCommitment: 'Non Repudiation',
  KeyEncipherment: 'Key Encipherment',
  DataEncipherment: 'Data Encipherment',
  KeyAgreement: 'Key Agreement',
  CertSign: 'Certificate Sign',
  CRLSign: 'CRL Sign',
  EncipherOnly: 'Encipher Only',
  DecipherOnly: 'Decipher Only',
};

const EXT_KEY_USAGES: Readonly<Record<string, string>> = {
  ServerAuth: 'TLS Web Server Authentication',
  ClientAuth: 'TLS Web Client Authentication',
  CodeSigning: 'Code Signing',
  EmailProtection: 'E-mail Protection',
  TimeStamping: 'Time Stamping',
  OCSPSigning: 'OCSP Signing',
  Any: 'Any Extended Key Usage',
};

/** What `openssl x509 -text` prints before the certificate itself. */
export function certificateText(certificate: Certificate): string {
  const { version, serial, issuer, subject, notBefore, notAfter, signature, publicKey, signatureAlgorithm } =
    certificate;
  const algorithm = signatureAlgorithm === 'ECDSA-SHA256' ? 'ecdsa-with-SHA256' : signatureAlgorithm;
  const lines = [
    'Certificate:',
    '    Data:',
    `        Version: ${version} (0x${(version - 1).toString(16)})`,
    ...serialLines(serial),
    `        Signature Algorithm: ${algorithm}`,
    `        Issuer: ${subjectLine(issuer)}`,
    '        Validity',
    `            Not Before: ${opensslTime(notBefore)}`,
    `            Not After : ${opensslTime(notAfter)}`,
    `        Subject: ${subjectLine(subject)}`,
    '        Subject Public Key Info:',
    ...(publicKey.point
      ? [
          '            Public Key Algorithm: id-ecPublicKey',
          '                Public-Key: (256 bit)',
          '                pub:',
          ...wrapped(publicKey.point, 15, 20),
          '                ASN1 OID: prime256v1',
          '                NIST CURVE: P-256',
        ]
      : [
          `            Public Key Algorithm: ${publicKey.algorithm} (${decodePem(encodePublicKey(publicKey)).length} key)`,
        ]),
    ...extensionLines(certificate),
    `    Signature Algorithm: ${algorithm}`,
    '    Signature Value:',
    ...wrapped(signature, 18, 8),
  ];
  return `${lines.join('\n')}\n`;
}

function serialLines(serial: bigint): readonly string[] {
  if (serial < 1n << 63n) return [`        Serial Number: ${serial} (0x${serial.toString(16)})`];
  const text = serial.toString(16);
  const bytes = (text.length % 2 === 0 ? text : `0${text}`).match(/../g) ?? [];
  return ['        Serial Number:', `            ${bytes.join(':')}`];
}

function wrapped(bytes: Uint8Array, count: number, indent: number): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += count) {
    const isLast = at + count >= bytes.length;
    lines.push(`${' '.repeat(indent)}${hex(bytes.slice(at, at + count), ':')}${isLast ? '' : ':'}`);
  }
  return lines;
}

function extensionLines(certificate: Certificate): readonly string[] {
  const { keyUsage, extKeyUsage, isCa, subjectKeyId, authorityKeyId, dnsNames, ipAddresses } = certificate;
  const lines: string[] = [];
  const add = (title: string, value: string) => lines.push(`            ${title}`, `                ${value}`);
  if (keyUsage.length > 0)
    add('X509v3 Key Usage: critical', keyUsage.map((usage) => KEY_USAGES[usage] ?? usage).join(', '));
  if (extKeyUsage.length > 0)
    add('X509v3 Extended Key Usage: ', extKeyUsage.map((usage) => EXT_KEY_USAGES[usage] ?? usage).join(', '));
  if (isCa !== undefined) add('X509v3 Basic Constraints: critical', `CA:${isCa ? 'TRUE' : 'FALSE'}`);
  if (subjectKeyId.length > 0) add('X509v3 Subject Key Identifier: ', hex(subjectKeyId, ':').toUpperCase());
  if (authorityKeyId.length > 0) add('X509v3 Authority Key Identifier: ', hex(authorityKeyId, ':').toUpperCase());
  const names = [...dnsNames.map((name) => `DNS:${name}`), ...ipAddresses.map((address) => `IP Address:${address}`)];
  if (names.length > 0) add('X509v3 Subject Alternative Name: ', names.join(', '));
  return lines.length > 0 ? ['        X509v3 extensions:', ...lines] : [];
}
