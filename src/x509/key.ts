import { p256 } from '@noble/curves/nist.js';
import { bytesToNumberBE, concatBytes, createHmacDrbg, equalBytes, numberToBytesBE } from '@noble/curves/utils.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as sha256Hash } from '@noble/hashes/sha2.js';
import { DerReader } from './der-reader.ts';
import { TAG } from './der-tag.ts';
import { bitString, context, integer, objectIdentifier, octetString, sequence } from './der-writer.ts';
import { decodePem, encodePem } from './pem.ts';
import { sha256 } from './sha256.ts';
import { X509Error } from './x509-error.ts';

const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
const P256 = '1.2.840.10045.3.1.7';
/** P-224, P-384 and P-521: Go reads their keys, and no others. */
const OTHER_CURVES = ['1.3.132.0.33', '1.3.132.0.34', '1.3.132.0.35'];
/** By Go's names. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  [EC_PUBLIC_KEY]: 'ECDSA',
  '1.2.840.113549.1.1.1': 'RSA',
  '1.3.101.112': 'Ed25519',
};

export interface PublicKey {
  /** `ECDSA`, `RSA`, `Ed25519`, or a dotted object identifier. */
  readonly algorithm: string;
  /** The 65 bytes of a P-256 point. Other keys have none: they are carried and shown, but nothing is verified with them. */
  readonly point: Uint8Array | undefined;
  /** SubjectPublicKeyInfo in DER. */
  readonly der: Uint8Array;
}

/** ECDSA with P-256. */
export interface PrivateKey {
  /** 32 bytes. */
  readonly secret: Uint8Array;
  readonly publicKey: PublicKey;
}

/** `der` is what certificates carry; `compact`, 64 bytes, is ES256 of tokens. */
export type SignatureFormat = 'der' | 'compact';

/** @param randomBytes asked once, for 48 bytes: the same bytes give the same key */
export function generateKey(randomBytes: (count: number) => Uint8Array): PrivateKey {
  return privateKey(p256.utils.randomSecretKey(randomBytes(48)));
}

/**
 * Deterministic (RFC 6979), over SHA-256 of the message: the same signature as `p256.sign`, in half its time. What that spends the rest
 * on is to keep its time independent of the key, against those who measure; nobody measures here.
 */
export function sign(key: PrivateKey, message: Uint8Array, format: SignatureFormat = 'der'): Uint8Array {
  const secret = bytesToNumberBE(key.secret);
  const digest = Fn.create(bytesToNumberBE(sha256(message)));
  const nonces = createHmacDrbg<Uint8Array>(32, 32, (secretKey: Uint8Array, text: Uint8Array) =>
    hmac(sha256Hash, secretKey, text),
  );
  return nonces(concatBytes(key.secret, numberToBytesBE(digest, 32)), (bytes) => {
    const nonce = bytesToNumberBE(bytes);
    if (!Fn.isValidNot0(nonce)) return undefined;
    const r = Fn.create(p256.Point.BASE.multiplyUnsafe(nonce).toAffine().x);
    const s = Fn.mul(Fn.inv(nonce), Fn.add(digest, Fn.mul(r, secret)));
    return r === 0n || s === 0n ? undefined : new p256.Signature(r, s).toBytes(format);
  });
}

const { Fn } = p256.Point;

/** False too for a malformed signature, and for a key that is not P-256. */
export function verify(
  key: PublicKey,
  message: Uint8Array,
  signature: Uint8Array,
  format: SignatureFormat = 'der',
): boolean {
  if (!key.point) return false;
  try {
    return p256.verify(signature, message, key.point, { format, lowS: false });
  } catch {
    // A signature of impossible length.
    return false;
  }
}

/**
 * The subject key id of an authority: the first 20 bytes of SHA-256 of the key (RFC 7093), as Go makes it since 1.25 and
 * with it the components of 1.36; SHA-1, RFC 5280's, is what older releases and openssl write.
 */
export function keyId(key: PublicKey): Uint8Array {
  const parts = new DerReader(key.der).enter(TAG.sequence, 'malformed spki');
  parts.next('malformed public key algorithm identifier');
  return sha256(parts.bitString('malformed subjectPublicKey').bytes).slice(0, 20);
}

export function sameKey(a: PublicKey, b: PublicKey): boolean {
  return equalBytes(a.der, b.der);
}

/** @param der SubjectPublicKeyInfo @throws X509Error */
export function readPublicKeyDer(der: Uint8Array): PublicKey {
  const outer = new DerReader(der);
  const parts = outer.enter(TAG.sequence, 'malformed spki');
  outer.finish('trailing data after ASN.1 of public-key');
  const problem = 'malformed public key algorithm identifier';
  const algorithm = parts.enter(TAG.sequence, problem);
  const type = algorithm.objectIdentifier(problem);
  const { bytes } = parts.bitString('malformed subjectPublicKey');
  const curve = type === EC_PUBLIC_KEY ? algorithm.objectIdentifier('invalid ECDSA parameters') : undefined;
  const isP256 = curve === P256;
  if (curve !== undefined && !isP256 && !OTHER_CURVES.includes(curve)) {
    throw new X509Error('x509: unsupported elliptic curve');
  }
  if (isP256 && !p256.utils.isValidPublicKey(bytes, false)) throw new X509Error('P256 point not on curve');
  return { algorithm: ALGORITHMS[type] ?? type, point: isP256 ? bytes : undefined, der };
}

/** `-----BEGIN PUBLIC KEY-----`, of `sa.pub`. */
export function encodePublicKey(key: PublicKey): string {
  return encodePem('PUBLIC KEY', key.der);
}

/** The first public key of a file. @throws X509Error with the words of client-go's keyutil */
export function readPublicKey(pem: string): PublicKey {
  const block = decodePem(pem).find(({ type }) => type === 'PUBLIC KEY');
  if (!block) throw new X509Error('data does not contain any valid RSA or ECDSA public keys');
  return readPublicKeyDer(block.bytes);
}

/** SEC 1, `-----BEGIN EC PRIVATE KEY-----`, as kubeadm writes with `encryptionAlgorithm: ECDSA-P256`. */
export function encodePrivateKey(key: PrivateKey): string {
  const publicPart = context(1, true, bitString(point(key.secret)));
  return encodePem('EC PRIVATE KEY', sec1(key.secret, context(0, true, objectIdentifier(P256)), publicPart));
}

/** PKCS #8, `-----BEGIN PRIVATE KEY-----`. */
export function encodePrivateKeyPkcs8(key: PrivateKey): string {
  const inner = sec1(key.secret, context(1, true, bitString(point(key.secret))));
  return encodePem('PRIVATE KEY', sequence(integer(0n), ecAlgorithm(), octetString(inner)));
}

/** The first private key of a file, SEC 1 or PKCS #8. @throws X509Error with the words of client-go's keyutil */
export function readPrivateKey(pem: string): PrivateKey {
  for (const { type, bytes } of decodePem(pem)) {
    if (type === 'EC PRIVATE KEY') return readSec1(bytes);
    if (type === 'PRIVATE KEY') return readPkcs8(bytes);
    if (type === 'RSA PRIVATE KEY') throw new X509Error('x509: RSA private keys are not simulated here');
  }
  throw new X509Error('data does not contain a valid RSA or ECDSA private key');
}

function readPkcs8(bytes: Uint8Array): PrivateKey {
  const problem = 'failed to parse private key';
  const parts = new DerReader(bytes).enter(TAG.sequence, problem);
  parts.integer(problem);
  const algorithm = parts.enter(TAG.sequence, problem);
  const type = algorithm.objectIdentifier(problem);
  if (type !== EC_PUBLIC_KEY) {
    throw new X509Error(`x509: ${ALGORITHMS[type] ?? type} private keys are not simulated here`);
  }
  return readSec1(parts.expect(TAG.octetString, problem).content, algorithm.objectIdentifier(problem));
}

/** @param curve if the key itself need not say it */
function readSec1(bytes: Uint8Array, curve?: string): PrivateKey {
  const problem = 'failed to parse EC private key';
  const parts = new DerReader(bytes).enter(TAG.sequence, problem);
  if (parts.integer(problem) !== 1n) throw new X509Error('x509: unknown EC private key version');
  const { content } = parts.expect(TAG.octetString, problem);
  const parameters = parts.optional(TAG.context(0, true), problem);
  const found = parameters ? new DerReader(parameters.content).objectIdentifier(problem) : curve;
  if (found !== P256) throw new X509Error('x509: unknown elliptic curve');
  // Some writers leave leading zeros out, some add one.
  const digits = content.subarray(Math.max(0, content.length - 32));
  const secret = new Uint8Array(32);
  secret.set(digits, 32 - digits.length);
  const excess = content.subarray(0, Math.max(0, content.length - 32));
  if (excess.some((byte) => byte !== 0) || !p256.utils.isValidSecretKey(secret)) {
    throw new X509Error('x509: invalid elliptic curve private key value');
  }
  return privateKey(secret);
}

function privateKey(secret: Uint8Array): PrivateKey {
  const bytes = point(secret);
  return {
    secret,
    publicKey: { algorithm: 'ECDSA', point: bytes, der: sequence(ecAlgorithm(), bitString(bytes)) },
  };
}

function point(secret: Uint8Array): Uint8Array {
  return p256.getPublicKey(secret, false);
}

function ecAlgorithm(): Uint8Array {
  return sequence(objectIdentifier(EC_PUBLIC_KEY), objectIdentifier(P256));
}

function sec1(secret: Uint8Array, ...optional: readonly Uint8Array[]): Uint8Array {
  return sequence(integer(1n), octetString(secret), ...optional);
}
