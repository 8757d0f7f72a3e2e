/** A field of a Go struct with its tags. */
interface GoField {
  readonly json: string;
  readonly number: number;
  readonly type: string;
  readonly isInline: boolean;
  /** Whether its zero value is sent: Go tells a pointer that is not set from one that is. */
  readonly keepsZero: boolean;
}

/** `core.v1.PodSpec`: its fields, or for another type than a struct what it is made of. */
export type GoTypes = Map<string, { readonly fields: readonly GoField[] } | { readonly alias: string }>;

const FIELD = /^\s+(?:(?<name>\w+)\s+)?(?<type>[\w.*[\]]+)\s+`(?<tags>[^`]*)`/;

/** Reads the types of a Go file of the API. */
export function readGoTypes(short: string, source: string, types: GoTypes): void {
  for (const match of source.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const fields = (match[2] ?? '').split('\n').flatMap((line) => readField(line) ?? []);
    types.set(`${short}.${match[1]}`, { fields });
  }
  for (const match of source.matchAll(/^type (\w+) (?!struct|interface)([\w.*[\]]+)$/gm)) {
    types.set(`${short}.${match[1]}`, { alias: match[2] ?? '' });
  }
}

function readField(line: string): GoField | undefined {
  const { type = '', tags = '' } = FIELD.exec(line)?.groups ?? {};
  const protobuf = /protobuf:"\w+,(?<number>\d+),/.exec(tags)?.groups;
  const json = /json:"(?<name>[^",]*)(?<options>[^"]*)"/.exec(tags)?.groups;
  if (!protobuf || !json) return undefined;
  const isPointer = type.startsWith('*');
  return {
    json: json['name'] ?? '',
    number: Number(protobuf['number']),
    type: type.replace(/^\*/, ''),
    isInline: json['options']?.includes('inline') === true || json['name'] === '',
    keepsZero: isPointer || !json['options']?.includes('omitempty'),
  };
}

/** Go's types that JSON and protobuf have in a form of their own. */
const SPECIAL: Readonly<Record<string, string>> = {
  string: 's',
  bool: 'b',
  int32: 'v',
  int64: 'v',
  float64: 'd',
  byte: 'y',
  'types.UID': 's',
  'types.NodeName': 's',
  'resource.Quantity': 'q',
  'intstr.IntOrString': 'x',
  'runtime.RawExtension': 'o',
  'metav1.Time': 't',
  Time: 't',
  'metav1.MicroTime': 'u',
  MicroTime: 'u',
  FieldsV1: 'o',
};

/**
 * One line for each message: its short name, then fields as `number:name:type`, `=` for one whose members stand in its place in JSON,
 * `!` for one whose zero value counts.
 */
export function messageLines(types: GoTypes, roots: readonly string[]): string[] {
  const lines = new Map<string, string>();
  const waiting = [...roots];
  for (let short = waiting.pop(); short !== undefined; short = waiting.pop()) {
    const found = types.get(short);
    if (lines.has(short) || !found || !('fields' in found)) continue;
    const group = short.split('.').slice(0, 2).join('.');
    const parts = found.fields.map((field) => {
      const { sign, message } = signOf(types, group, field.type);
      if (message) waiting.push(message);
      return `${field.number}:${field.isInline ? '=' : field.json}:${sign}${field.keepsZero ? '!' : ''}`;
    });
    lines.set(short, [short, ...parts].join(' '));
  }
  return [...lines.keys()].sort().map((short) => lines.get(short) as string);
}

function signOf(types: GoTypes, group: string, type: string): { readonly sign: string; readonly message?: string } {
  const special = SPECIAL[type];
  if (special && (special !== 't' || type !== 'Time' || group === 'meta.v1')) return { sign: special };
  if (type === '[]byte') return { sign: 'y' };
  const list = /^\[\](?<of>.*)$/.exec(type)?.groups?.['of'];
  if (list !== undefined) return wrap('[', ']', signOf(types, group, list));
  const map = /^map\[[\w.]+\](?<of>.*)$/.exec(type)?.groups?.['of'];
  if (map !== undefined) return wrap('{', '}', signOf(types, group, map));
  const short = qualified(group, type);
  const found = types.get(short);
  if (!found) throw new Error(`no type ${short} in the packages`);
  // A list with a name of its own is a message in protobuf.
  if ('alias' in found && found.alias === '[]string') return { sign: '[s]' };
  return 'alias' in found ? signOf(types, group, found.alias) : { sign: short, message: short };
}

function wrap(open: string, close: string, { sign, message }: { readonly sign: string; readonly message?: string }) {
  return { sign: `${open}${sign}${close}`, ...(message && { message }) };
}

const IMPORTS: Readonly<Record<string, string>> = {
  metav1: 'meta.v1',
  v1: 'core.v1',
  apiv1: 'core.v1',
  corev1: 'core.v1',
};

function qualified(group: string, type: string): string {
  const [alias, name] = type.split('.');
  return name === undefined ? `${group}.${type}` : `${IMPORTS[alias ?? ''] ?? alias}.${name}`;
}
