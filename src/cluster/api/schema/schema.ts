import { DEFINITIONS } from './definitions.ts';

/** What JSON has as one value: a string, an integer of 32 or 64 bits, a double, a boolean, base64, times, a quantity, IntOrString, anything. */
export type Scalar = 's' | 'i' | 'l' | 'd' | 'b' | 'y' | 't' | 'u' | 'q' | 'x' | 'o';

export type FieldType =
  | { readonly is: 'scalar'; readonly scalar: Scalar; readonly values?: readonly string[] }
  | { readonly is: 'definition'; readonly name: string }
  | { readonly is: 'list'; readonly of: FieldType }
  | { readonly is: 'map'; readonly of: FieldType };

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly isRequired: boolean;
  /** How a strategic merge patch joins a list: by this key, or as a set of scalars for ''. Undefined: it replaces the list. */
  readonly mergeKey?: string;
  /** A strategic merge patch drops what it does not name (`retainKeys`). */
  readonly retainKeys: boolean;
}

/** A type of the API by its short name, as `core.v1.PodSpec`. */
export interface Definition {
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** Whether fields that it does not name are kept as they are sent. */
  readonly isOpen: boolean;
}

const lines = new Map<string, string>();
const parsed = new Map<string, Definition>();

/**
 * Kinds that a CustomResourceDefinition brings to a real cluster: their types are `/` and the name under which they are published, as
 * `/org.projectcalico.crd.v1.IPPool`. What they hold beside their metadata is not checked.
 */
export function isCustom(definition: string): boolean {
  return definition.startsWith('/');
}

const CUSTOM = 'apiVersion:s kind:s metadata:meta.v1.ObjectMeta';

/** @throws Error for a name that is not in the specification */
export function definitionOf(name: string): Definition {
  const known = parsed.get(name);
  if (known) return known;
  if (lines.size === 0) {
    for (const line of DEFINITIONS.trim().split('\n')) lines.set(line.slice(0, `${line} `.indexOf(' ')), line);
  }
  const isOpen = isCustom(name);
  const line = isOpen ? `${name} ${CUSTOM}` : lines.get(name);
  if (line === undefined) throw new Error(`the API has no type ${name}`);
  const fields = line.split(' ').slice(1).map(parseField);
  const definition: Definition = { name, fields: new Map(fields.map((field) => [field.name, field])), isOpen };
  parsed.set(name, definition);
  return definition;
}

const FIELD = /^(?<name>[^:!]+)(?<required>!?):(?<type>[^@~]+)(?<merge>@[^~]*)?(?<retain>~?)$/;

function parseField(text: string): Field {
  const parts = FIELD.exec(text)?.groups;
  if (!parts) throw new Error(`a field of the API cannot be read: ${text}`);
  const { name = '', required, type = '', merge, retain } = parts;
  return {
    name,
    type: parseType(type),
    isRequired: required === '!',
    ...(merge !== undefined && { mergeKey: merge.slice(1) }),
    retainKeys: retain === '~',
  };
}

function parseType(sign: string): FieldType {
  if (sign.startsWith('[')) return { is: 'list', of: parseType(sign.slice(1, -1)) };
  if (sign.startsWith('{')) return { is: 'map', of: parseType(sign.slice(1, -1)) };
  if (sign.startsWith('s(')) return { is: 'scalar', scalar: 's', values: sign.slice(2, -1).split('|') };
  return sign.length === 1 ? { is: 'scalar', scalar: sign as Scalar } : { is: 'definition', name: sign };
}
