import { DerReader, latin1 } from './der-reader.ts';
import { TAG } from './der-tag.ts';
import {
  bitString,
  boolean,
  context,
  element,
  ia5String,
  objectIdentifier,
  octetString,
  sequence,
} from './der-writer.ts';
import { formatIpAddress, parseIpAddress } from './ip-address.ts';
import { X509Error } from './x509-error.ts';

/** Go's names, in the order of the bits. */
const KEY_USAGES = [
  'DigitalSignature',
  'ContentCommitment',
  'KeyEncipherment',
  'DataEncipherment',
  'KeyAgreement',
  'CertSign',
  'CRLSign',
  'EncipherOnly',
  'DecipherOnly',
] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

/** Go's names. */
const EXT_KEY_USAGES = {
  Any: '2.5.29.37.0',
  ServerAuth: '1.3.6.1.5.5.7.3.1',
  ClientAuth: '1.3.6.1.5.5.7.3.2',
  CodeSigning: '1.3.6.1.5.5.7.3.3',
  EmailProtection: '1.3.6.1.5.5.7.3.4',
  TimeStamping: '1.3.6.1.5.5.7.3.8',
  OCSPSigning: '1.3.6.1.5.5.7.3.9',
} as const;
export type ExtKeyUsage = keyof typeof EXT_KEY_USAGES;

const ID = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
} as const;

export interface Extensions {
  /** Undefined without basic constraints, as in certificates of old or careless makers. */
  readonly isCa: boolean | undefined;
  /** How many authorities may follow; undefined for any number. */
  readonly maxPathLength: number | undefined;
  readonly keyUsage: readonly KeyUsage[];
  /** A use without a name here is a dotted object identifier. */
  readonly extKeyUsage: readonly (ExtKeyUsage | (string & {}))[];
  readonly dnsNames: readonly string[];
  /** In their shortest form: `10.96.0.1`, `fd00::1`. */
  readonly ipAddresses: readonly string[];
  /** All alternative names as they were read, also those of other types; undefined for no such extension. */
  readonly subjectAltName: Uint8Array | undefined;
  /** Empty for none. */
  readonly subjectKeyId: Uint8Array;
  readonly authorityKeyId: Uint8Array;
  /** Dotted: what is marked critical and not understood here, so that the certificate may not be trusted. */
  readonly unhandledCritical: readonly string[];
}

export type WrittenExtensions = Omit<
  Extensions,
  'isCa' | 'maxPathLength' | 'extKeyUsage' | 'subjectAltName' | 'unhandledCritical'
> & {
  readonly isCa: boolean;
  readonly extKeyUsage: readonly ExtKeyUsage[];
  /** Then the alternative names are the subject, and critical. */
  readonly subjectIsEmpty: boolean;
};

/** In the order in which Go's x509.CreateCertificate writes them. @throws X509Error for a name that is none */
export function writeExtensions(wanted: WrittenExtensions): Uint8Array {
  const { keyUsage, extKeyUsage, isCa, subjectKeyId, authorityKeyId, dnsNames, ipAddresses } = wanted;
  const written: Uint8Array[] = [];
  const add = (id: string, critical: boolean, value: Uint8Array) =>
    written.push(sequence(objectIdentifier(id), ...(critical ? [boolean(true)] : []), octetString(value)));
  if (keyUsage.length > 0) add(ID.keyUsage, true, keyUsageBits(keyUsage));
  if (extKeyUsage.length > 0) {
    add(ID.extKeyUsage, false, sequence(...extKeyUsage.map((use) => objectIdentifier(EXT_KEY_USAGES[use]))));
  }
  add(ID.basicConstraints, true, sequence(...(isCa ? [boolean(true)] : [])));
  if (subjectKeyId.length > 0) add(ID.subjectKeyId, false, octetString(subjectKeyId));
  if (authorityKeyId.length > 0) add(ID.authorityKeyId, false, sequence(context(0, false, authorityKeyId)));
  const names = [
    ...dnsNames.map((name) => ia5String(name, TAG.context(2, false))),
    ...ipAddresses.map((address) => context(7, false, ipBytes(address))),
  ];
  if (names.length > 0) add(ID.subjectAltName, wanted.subjectIsEmpty, sequence(...names));
  return element(TAG.sequence, ...written);
}

/** @param list what is in the SEQUENCE of extensions, empty for none @throws X509Error */
export function readExtensions(list: DerReader): Extensions {
  const seen = new Set<string>();
  const unhandledCritical: string[] = [];
  let read: Extensions = {
    isCa: undefined,
    maxPathLength: undefined,
    keyUsage: [],
    extKeyUsage: [],
    dnsNames: [],
    ipAddresses: [],
    subjectAltName: undefined,
    subjectKeyId: new Uint8Array(),
    authorityKeyId: new Uint8Array(),
    unhandledCritical,
  };
  while (!list.done) {
    const extension = list.enter(TAG.sequence, 'malformed extension');
    const id = extension.objectIdentifier('malformed extension OID field');
    if (seen.has(id)) throw new X509Error(`x509: certificate contains duplicate extension with OID "${id}"`);
    seen.add(id);
    const critical = extension.booleanOrFalse('malformed extension critical field');
    const { content } = extension.expect(TAG.octetString, 'malformed extension value field');
    const found = readExtension(id, new DerReader(content));
    if (found) read = { ...read, ...found };
    else if (critical) unhandledCritical.push(id);
  }
  return read;
}

function readExtension(id: string, value: DerReader): Partial<Extensions> | undefined {
  switch (id) {
    case ID.keyUsage:
      return { keyUsage: readKeyUsage(value) };
    case ID.extKeyUsage:
      return { extKeyUsage: readExtKeyUsage(value) };
    case ID.basicConstraints: {
      const problem = 'invalid basic constraints';
      const parts = value.enter(TAG.sequence, problem);
      const isCa = parts.booleanOrFalse(problem);
      const length = parts.optional(TAG.integer, problem);
      return { isCa, maxPathLength: length && Number(new DerReader(length.raw).integer(problem)) };
    }
    case ID.subjectKeyId:
      return { subjectKeyId: value.expect(TAG.octetString, 'invalid subject key identifier').content };
    case ID.authorityKeyId: {
      const problem = 'invalid authority key identifier';
      const keyId = value.enter(TAG.sequence, problem).optional(TAG.context(0, false), problem);
      return keyId && { authorityKeyId: keyId.content };
    }
    case ID.subjectAltName:
      return readSubjectAltName(value.expect(TAG.sequence, 'invalid subject alternative names').content);
    default:
      return undefined;
  }
}

function keyUsageBits(uses: readonly KeyUsage[]): Uint8Array {
  const bits = uses.map((use) => KEY_USAGES.indexOf(use));
  const last = Math.max(...bits);
  const bytes = new Uint8Array(Math.floor(last / 8) + 1);
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return bitString(bytes, 7 - (last & 7));
}

function readKeyUsage(value: DerReader): readonly KeyUsage[] {
  const { bytes } = value.bitString('invalid key usage');
  return KEY_USAGES.filter((_, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
}

function readExtKeyUsage(value: DerReader): readonly string[] {
  const problem = 'invalid extended key usages';
  const uses: string[] = [];
  for (const list = value.enter(TAG.sequence, problem); !list.done; ) {
    const id = list.objectIdentifier(problem);
    uses.push(Object.entries(EXT_KEY_USAGES).find(([, known]) => known === id)?.[0] ?? id);
  }
  return uses;
}

function readSubjectAltName(subjectAltName: Uint8Array): Partial<Extensions> {
  const dnsNames: string[] = [];
  const ipAddresses: string[] = [];
  for (const names = new DerReader(subjectAltName); !names.done; ) {
    const { tag, content } = names.next('invalid subject alternative name');
    if (tag === TAG.context(2, false)) {
      if (content.some((byte) => byte >= 0x80)) throw new X509Error('x509: SAN dNSName is malformed');
      dnsNames.push(latin1(content));
    } else if (tag === TAG.context(7, false)) {
      if (content.length !== 4 && content.length !== 16) {
        throw new X509Error(`x509: cannot parse IP address of length ${content.length}`);
      }
      ipAddresses.push(formatIpAddress(content));
    }
  }
  return { dnsNames, ipAddresses, subjectAltName };
}

function ipBytes(address: string): Uint8Array {
  const bytes = parseIpAddress(address);
  if (!bytes) throw new X509Error(`x509: invalid IP address ${JSON.stringify(address)}`);
  return bytes;
}
