import type { Json } from '../../api/json.ts';
import type { PodTemplateSpec } from '../../api/types/pod.ts';

/** apimachinery, pkg/util/rand: without vowels and what looks like them, so that no words come about. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * `pod-template-hash`, and the `controller-revision-hash` of DaemonSets: up to ten characters (pkg/controller.ComputeHash). The real one
 * hashes a dump of Go's structs; this one hashes the template's JSON, so the same template has the same hash here, but not the one of a
 * real cluster.
 *
 * @param collisionCount how often another template was found under the hash
 */
export function templateHash(template: PodTemplateSpec, collisionCount: number | undefined): string {
  let hash = fnv1a(canonicalJson(template as unknown as Json), OFFSET);
  if (collisionCount !== undefined) {
    // Eight bytes, the number in the first four, as the real one writes it.
    for (let byte = 0; byte < 8; byte += 1) {
      hash = Math.imul(hash ^ (byte < 4 ? (collisionCount >>> (8 * byte)) & 0xff : 0), PRIME);
    }
  }
  return safeEncode(`${hash >>> 0}`);
}

/**
 * The hash in the name of a StatefulSet's ControllerRevision: the real algorithm on the real bytes, so that the same template has the
 * same name as on a real cluster (pkg/controller/history.HashControllerRevision).
 */
export function revisionHash(data: Json, collisionCount: number): string {
  return safeEncode(`${fnv1(`${canonicalJson(data)}${collisionCount}`) >>> 0}`);
}

/** FNV-1a, 32 bits. */
function fnv1a(text: string, start: number): number {
  let hash = start;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  return hash;
}

/** FNV-1, 32 bits, which multiplies first. */
function fnv1(text: string): number {
  let hash = OFFSET;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash, PRIME) ^ text.charCodeAt(index);
  return hash;
}

/** apimachinery, rand.SafeEncodeString */
function safeEncode(digits: string): string {
  let text = '';
  for (let index = 0; index < digits.length; index += 1) text += ALPHABET[digits.charCodeAt(index) % ALPHABET.length];
  return text;
}

/** JSON as Go marshals a map: members in order, no spaces, bytes of UTF-8 as characters, and what HTML would mind escaped. */
export function canonicalJson(value: Json | undefined): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return goString(value);
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, member]) => `${goString(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

function goString(text: string): string {
  const json = JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return /^[\x20-\x7e]*$/.test(json) ? json : utf8(json);
}

/** One character a byte. */
function utf8(text: string): string {
  return encodeURIComponent(text).replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
