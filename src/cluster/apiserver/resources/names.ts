import type { Random } from '#kernel/random.ts';

/** apimachinery, pkg/util/rand: no vowels and nothing that looks alike, so that no words come about. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const LENGTH = 5;
/** names.maxGeneratedNameLength: what is added fits into a label. */
const MAX_BASE = 63 - LENGTH;

/** Five random letters, as Pods of a ReplicaSet end in. */
export function randomSuffix(random: Random): string {
  let suffix = '';
  for (let index = 0; index < LENGTH; index += 1) suffix += ALPHABET[random.int(ALPHABET.length)];
  return suffix;
}

/** The name of an object that has a generateName alone. */
export function generatedName(base: string, random: Random): string {
  return base.slice(0, MAX_BASE) + randomSuffix(random);
}
