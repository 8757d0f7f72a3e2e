import { bytesToHex } from '@noble/curves/utils.js';
import { DerReader } from './der-reader.ts';
import { TAG } from './der-tag.ts';
import { bitString, context, integer, objectIdentifier, sequence, time } from './der-writer.ts';
import { type Extensions, type ExtKeyUsage, type KeyUsage, readExtensions, writeExtensions } from './extensions.ts';
import { keyId, type PrivateKey, type PublicKey, readPublicKeyDer, sameKey, sign } from './key.ts';
import { type Name, readName, type Subject, writeName } from './name.ts';
import { decodePem, encodePem } from './pem.ts';
import { sha256 } from './sha256.ts';
import { X509Error } from './x509-error.ts';

const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
/** By Go's names. */
const SIGNATURE_ALGORITHMS: Readonly<Record<string, string>> = {
  [ECDSA_SHA256]: 'ECDSA-SHA256',
  '1.2.840.10045.4.3.3': 'ECDSA-SHA384',
  '1.2.840.10045.4.3.4': 'ECDSA-SHA512',
  '1.2.840.113549.1.1.5': 'SHA1-RSA',
  '1.2.840.113549.1.1.11': 'SHA256-RSA',
  '1.2.840.113549.1.1.12': 'SHA384-RSA',
  '1.2.840.113549.1.1.13': 'SHA512-RSA',
  '1.3.101.112': 'Ed25519',
};

/** X.509, read. Times are in milliseconds since the epoch. All bytes are views into `der`. */
export interface Certificate extends Extensions {
  readonly der: Uint8Array;
  readonly version: number;
  readonly serial: bigint;
  /** `ECDSA-SHA256`, `SHA256-RSA`, …, or a dotted object identifier. */
  readonly signatureAlgorithm: string;
  readonly issuer: Name;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly subject: Name;
  readonly publicKey: PublicKey;
  readonly signature: Uint8Array;
  /** What is signed, and the names as they are compared: by their bytes. */
  readonly rawTbs: Uint8Array;
  readonly rawIssuer: Uint8Array;
  readonly rawSubject: Uint8Array;
  /** SHA-256 of `der`, 64 hexadecimal digits. */
  readonly fingerprint: string;
}

export interface CertificateTemplate {
  readonly subject: Subject;
  /** Who signs: an authority with its key, or `self` with the key of the certificate. */
  readonly issuer: { readonly certificate: Certificate | 'self'; readonly key: PrivateKey };
  readonly serial: bigint;
  /** Milliseconds since the epoch; certificates hold seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly isCa?: boolean;
  /** If not given, as kubeadm: DigitalSignature and KeyEncipherment, CertSign too for an authority. */
  readonly keyUsage?: readonly KeyUsage[];
  readonly extKeyUsage?: readonly ExtKeyUsage[];
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly publicKey: PublicKey;
}

/** kubeadm's, uniform from 1 to nearly 2^63. */
export function newSerial(randomBytes: (count: number) => Uint8Array): bigint {
  return (BigInt(`0x${bytesToHex(randomBytes(16))}`) % (2n ** 63n - 2n)) + 1n;
}

/**
 * Version 3, ECDSA-SHA256, with the extensions and in the order of Go's x509.CreateCertificate as kubeadm calls it: basic
 * constraints always, a subject key id for authorities, an authority key id unless self-signed.
 * @throws X509Error for names, addresses and times that cannot be written, and for a key that is not the issuer's
 */
export function issueCertificate(template: CertificateTemplate): Certificate {
  const { subject, issuer, isCa = false, publicKey } = template;
  const parent = issuer.certificate === 'self' ? undefined : issuer.certificate;
  if (!sameKey(issuer.key.publicKey, parent?.publicKey ?? publicKey)) {
    throw new X509Error("x509: provided PrivateKey doesn't match parent's PublicKey");
  }
  if (template.serial <= 0n) throw new X509Error('x509: serial number must be positive');
  const rawSubject = writeName(subject);
  const rawIssuer = parent?.rawSubject ?? rawSubject;
  const selfIssued = bytesToHex(rawIssuer) === bytesToHex(rawSubject);
  const extensions = writeExtensions({
    isCa,
    keyUsage: template.keyUsage ?? ['DigitalSignature', 'KeyEncipherment', ...(isCa ? (['CertSign'] as const) : [])],
    extKeyUsage: template.extKeyUsage ?? [],
    dnsNames: template.dnsNames ?? [],
    ipAddresses: template.ipAddresses ?? [],
    subjectKeyId: isCa ? keyId(publicKey) : new Uint8Array(),
    authorityKeyId: parent && !selfIssued ? parent.subjectKeyId : new Uint8Array(),
    subjectIsEmpty: subject.commonName === '' && subject.organizations.length === 0,
  });
  const algorithm = sequence(objectIdentifier(ECDSA_SHA256));
  const tbs = sequence(
    context(0, true, integer(2n)),
    integer(template.serial),
    algorithm,
    rawIssuer,
    sequence(time(template.notBefore), time(template.notAfter)),
    rawSubject,
    publicKey.der,
    context(3, true, extensions),
  );
  return readCertificate(sequence(tbs, algorithm, bitString(sign(issuer.key, tbs))));
}

/** `-----BEGIN CERTIFICATE-----`; a bundle is several joined. */
export function encodeCertificate(certificate: Certificate): string {
  return encodePem('CERTIFICATE', certificate.der);
}

/** All certificates of a PEM file, which may hold other blocks too. @throws X509Error with the words of client-go's cert package */
export function readCertificates(pem: string): readonly Certificate[] {
  const blocks = decodePem(pem).filter(({ type }) => type === 'CERTIFICATE');
  if (blocks.length === 0) throw new X509Error('data does not contain any valid RSA or ECDSA certificates');
  return blocks.map(({ bytes }) => readCertificate(bytes));
}

/** @param data DER, or PEM, of which the first certificate is read @throws X509Error with Go's words */
export function readCertificate(data: Uint8Array | string): Certificate {
  if (typeof data === 'string') {
    const block = decodePem(data).find(({ type }) => type === 'CERTIFICATE');
    if (!block) throw new X509Error('data does not contain any valid RSA or ECDSA certificates');
    return readCertificate(block.bytes);
  }
  const der = data.slice();
  const outer = new DerReader(der);
  const parts = outer.enter(TAG.sequence, 'malformed certificate');
  outer.finish('trailing data');
  const tbs = parts.expect(TAG.sequence, 'malformed tbs certificate');
  const algorithm = parts.expect(TAG.sequence, 'malformed signature algorithm identifier');
  const signature = parts.bitString('malformed signature').bytes;

  const fields = new DerReader(tbs.content);
  const explicitVersion = fields.optional(TAG.context(0, true), 'malformed version');
  const version = explicitVersion ? new DerReader(explicitVersion.content).integer('malformed version') + 1n : 1n;
  if (version < 1n || version > 3n) throw new X509Error('x509: invalid version');
  const serial = fields.integer('malformed serial number');
  if (serial < 0n) throw new X509Error('x509: negative serial number');
  const innerAlgorithm = fields.expect(TAG.sequence, 'malformed signature algorithm identifier');
  if (bytesToHex(innerAlgorithm.raw) !== bytesToHex(algorithm.raw)) {
    throw new X509Error("x509: inner and outer signature algorithm identifiers don't match");
  }
  const algorithmId = new DerReader(algorithm.content).objectIdentifier('malformed algorithm identifier');
  const issuer = fields.expect(TAG.sequence, 'malformed issuer');
  const validity = fields.enter(TAG.sequence, 'malformed validity');
  const notBefore = validity.time();
  const notAfter = validity.time();
  // Go says issuer here too.
  const subject = fields.expect(TAG.sequence, 'malformed issuer');
  const publicKey = fields.expect(TAG.sequence, 'malformed spki');
  fields.optional(TAG.context(1, false), 'malformed issuerUniqueID');
  fields.optional(TAG.context(2, false), 'malformed subjectUniqueID');
  const explicit = fields.optional(TAG.context(3, true), 'malformed extensions');
  const list = explicit && new DerReader(explicit.content).enter(TAG.sequence, 'malformed extensions');
  return {
    ...readExtensions(list ?? new DerReader(new Uint8Array())),
    der,
    version: Number(version),
    serial,
    signatureAlgorithm: SIGNATURE_ALGORITHMS[algorithmId] ?? algorithmId,
    issuer: readName(issuer.content),
    notBefore,
    notAfter,
    subject: readName(subject.content),
    publicKey: readPublicKeyDer(publicKey.raw),
    signature,
    rawTbs: tbs.raw,
    rawIssuer: issuer.raw,
    rawSubject: subject.raw,
    fingerprint: bytesToHex(sha256(der)),
  };
}
