import type { Kernel } from '#kernel/kernel.ts';
import {
  type Certificate,
  encodeCertificate,
  issueCertificate,
  newSerial,
  readCertificate,
} from '#x509/certificate.ts';
import { encodePrivateKey, encodePublicKey, generateKey, type PrivateKey, readPrivateKey } from '#x509/key.ts';

/** An authority, or somebody whom it signed for. */
export interface Identity {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
}

/** Where files are written. */
export type WriteFile = (path: string, text: string, mode: number) => void;

export const PKI = '/etc/kubernetes/pki';

/** kubeadm's, in milliseconds: ten years for authorities, one for the rest. */
const CA_VALIDITY = 10 * 365 * 24 * 3_600_000;
const VALIDITY = 365 * 24 * 3_600_000;
/** Certificates are valid from a little earlier on, for clocks that are a little behind. */
const BACKDATE = 300_000;

export interface PkiOptions {
  readonly kernel: Kernel;
  readonly nodeName: string;
  readonly address: string;
  /** The first address of the service range. */
  readonly serviceAddress: string;
}

/** The authorities of a cluster. */
export interface Authorities {
  readonly kubernetes: Identity;
  readonly frontProxy: Identity;
  readonly etcd: Identity;
}

interface Subject {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly usages: readonly ('ClientAuth' | 'ServerAuth')[];
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
}

/** Certificates and keys under /etc/kubernetes/pki (kubeadm, phases/certs; ECDSA-P256, as its `encryptionAlgorithm` allows). */
export function writePki(options: PkiOptions, write: WriteFile): Authorities {
  const { kernel, nodeName, address, serviceAddress } = options;
  const authority = (name: string, path: string) => {
    const identity = newAuthority(kernel, name);
    writeIdentity(write, `${PKI}/${path}`, identity);
    return identity;
  };
  const authorities: Authorities = {
    kubernetes: authority('kubernetes', 'ca'),
    frontProxy: authority('front-proxy-ca', 'front-proxy-ca'),
    etcd: authority('etcd-ca', 'etcd/ca'),
  };
  const sign = (path: string, issuer: Identity, subject: Subject) =>
    writeIdentity(write, `${PKI}/${path}`, signed(kernel, issuer, subject));
  const local = { dnsNames: [nodeName, 'localhost'], ipAddresses: [address, '127.0.0.1', '::1'] };
  sign('apiserver', authorities.kubernetes, {
    commonName: 'kube-apiserver',
    usages: ['ServerAuth'],
    dnsNames: [
      nodeName,
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      'kubernetes.default.svc.cluster.local',
      'localhost',
    ],
    ipAddresses: [serviceAddress, address, '127.0.0.1'],
  });
  sign('apiserver-kubelet-client', authorities.kubernetes, {
    commonName: 'kube-apiserver-kubelet-client',
    organizations: ['kubeadm:cluster-admins'],
    usages: ['ClientAuth'],
  });
  sign('front-proxy-client', authorities.frontProxy, { commonName: 'front-proxy-client', usages: ['ClientAuth'] });
  sign('apiserver-etcd-client', authorities.etcd, { commonName: 'kube-apiserver-etcd-client', usages: ['ClientAuth'] });
  sign('etcd/server', authorities.etcd, { commonName: nodeName, usages: ['ServerAuth', 'ClientAuth'], ...local });
  sign('etcd/peer', authorities.etcd, { commonName: nodeName, usages: ['ServerAuth', 'ClientAuth'], ...local });
  sign('etcd/healthcheck-client', authorities.etcd, {
    commonName: 'kube-etcd-healthcheck-client',
    usages: ['ClientAuth'],
  });
  const accounts = generateKey((count) => randomBytes(kernel, count));
  write(`${PKI}/sa.key`, encodePrivateKey(accounts), 0o600);
  write(`${PKI}/sa.pub`, encodePublicKey(accounts.publicKey), 0o600);
  return authorities;
}

/** An authority by its files under /etc/kubernetes/pki. @param path as `etcd/ca` @throws Error when they are not what they were */
export function readIdentity(read: (path: string) => string, path: string): Identity {
  return {
    certificate: readCertificate(read(`${PKI}/${path}.crt`)),
    key: readPrivateKey(read(`${PKI}/${path}.key`)),
  };
}

/** A client's certificate with its key, as a kubeconfig holds them. */
export function signed(
  kernel: Kernel,
  issuer: Identity,
  { commonName, organizations = [], usages, dnsNames = [], ipAddresses = [] }: Subject,
): Identity {
  const bytes = (count: number) => randomBytes(kernel, count);
  const key = generateKey(bytes);
  const certificate = issueCertificate({
    subject: { commonName, organizations },
    issuer,
    serial: newSerial(bytes),
    notBefore: kernel.now - BACKDATE,
    notAfter: kernel.now + VALIDITY,
    extKeyUsage: [...usages],
    dnsNames: [...dnsNames],
    ipAddresses: [...ipAddresses],
    publicKey: key.publicKey,
  });
  return { certificate, key };
}

function newAuthority(kernel: Kernel, commonName: string): Identity {
  const bytes = (count: number) => randomBytes(kernel, count);
  const key = generateKey(bytes);
  const certificate = issueCertificate({
    subject: { commonName, organizations: [] },
    issuer: { certificate: 'self', key },
    serial: newSerial(bytes),
    notBefore: kernel.now - BACKDATE,
    notAfter: kernel.now + CA_VALIDITY,
    isCa: true,
    dnsNames: [commonName],
    publicKey: key.publicKey,
  });
  return { certificate, key };
}

function writeIdentity(write: WriteFile, path: string, { certificate, key }: Identity): void {
  write(`${path}.crt`, encodeCertificate(certificate), 0o644);
  write(`${path}.key`, encodePrivateKey(key), 0o600);
}

function randomBytes({ random }: Kernel, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => random.int(256));
}
