import { p256 } from '@noble/curves/nist.js';
import { expect, it } from 'vitest';
import { Random } from '#kernel/random.ts';
import { generateKey, sign, verify } from './key.ts';

const random = new Random(3);
const bytes = (count: number) => Uint8Array.from({ length: count }, () => random.int(256));

it.each(['der', 'compact'] as const)('signs as the curve library does, in the form %s', (format) => {
  for (let round = 0; round < 20; round += 1) {
    const key = generateKey(bytes);
    const message = bytes(random.int(500));
    const signature = sign(key, message, format);
    expect(signature).toEqual(p256.sign(message, key.secret, { format, lowS: false }));
    expect(verify(key.publicKey, message, signature, format)).toBe(true);
    expect(verify(key.publicKey, Uint8Array.of(...message, 1), signature, format)).toBe(false);
  }
});
