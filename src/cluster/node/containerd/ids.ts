/** The digest of an image, the same in every cluster: FNV-1a of its name, stretched. It stands for content that is not there. */
export function imageDigest(text: string): string {
  const parts: string[] = [];
  for (let round = 0; round < 8; round += 1) {
    let hash = 0x811c9dc5 ^ round;
    for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    parts.push((hash >>> 0).toString(16).padStart(8, '0'));
  }
  return `sha256:${parts.join('')}`;
}
