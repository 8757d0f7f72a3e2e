import { sha1 as hash } from '@noble/hashes/legacy.js';

/** The SHA-1 digest of bytes: no more than a name is made of it. */
export function sha1(bytes: Uint8Array): Uint8Array {
  return hash(bytes);
}
