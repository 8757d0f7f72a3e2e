import type { Random } from '#kernel/random.ts';

/** Hexadecimal digits. */
export function hexId(random: Random, digits: number): string {
  let id = '';
  while (id.length < digits) id += random.int(0x1000000).toString(16).padStart(6, '0');
  return id.slice(0, digits);
}

/** The digest of an image, the same in every cluster: FNV-1a of its name, stretched. It stands for content that is not there. */
export function imageDigest(text: string): string {
  let digest = '';
  for (let round = 0; digest.length < 64; round += 1) {
    let hash = 0x811c9dc5 ^ round;
    for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    digest += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return `sha256:${digest}`;
}
