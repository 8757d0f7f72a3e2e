import { sha256 } from '#x509/sha256.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const LENGTH = 16;

/** The chain of a Service's port: `KUBE-SVC-` and a hash (pkg/proxy/iptables, servicePortPolicyClusterChain and its kin). */
export function serviceChain(prefix: 'KUBE-SVC-' | 'KUBE-SVL-' | 'KUBE-EXT-', port: string, protocol: string): string {
  return prefix + hash(port + protocol);
}

/** The chain of an endpoint of a Service's port. @param endpoint `10.244.1.2:80` */
export function endpointChain(port: string, protocol: string, endpoint: string): string {
  return `KUBE-SEP-${hash(port + protocol + endpoint)}`;
}

/** The first 16 letters of SHA-256 in base32. */
function hash(text: string): string {
  const bytes = sha256(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
  let name = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      name += ALPHABET[(buffer >> bits) & 31];
      if (name.length === LENGTH) return name;
    }
    buffer &= (1 << bits) - 1;
  }
  return name;
}
