import { type GroupVersionKind, type OpenApiDocument, resolved, type Schema, typeName, valuesOf } from './schema.ts';

const WIDTH = 76;
/** So many values of an enumeration stand beside a field. */
const VALUES = 4;

/**
 * What `kubectl explain` prints below the head of a kind (kubectl/pkg/explain/v2, the template `plaintext`).
 *
 * @param path names of fields, from the kind on
 * @returns undefined when there is no such field
 */
export function describeSchema(
  document: OpenApiDocument,
  { group, version, kind }: GroupVersionKind,
  path: readonly string[],
  isRecursive: boolean,
): string | undefined {
  const own = Object.values(document.components.schemas).find((schema) =>
    schema['x-kubernetes-group-version-kind']?.some(
      (each) => each.group === group && each.version === version && each.kind === kind,
    ),
  );
  return own && follow({ document, isRecursive }, own, path);
}

interface Reading {
  readonly document: OpenApiDocument;
  readonly isRecursive: boolean;
}

/** Goes down a path; lists and maps are passed through. */
function follow(reading: Reading, from: Schema, path: readonly string[]): string | undefined {
  const schema = resolved(reading.document, from);
  const [name, ...rest] = path;
  if (name === undefined) return whole(reading, from);
  const field = schema.properties?.[name];
  if (field) {
    const below = follow(reading, field, rest);
    if (below === undefined || rest.length > 0) return below;
    const values = (field.enum ?? []).map((value) => `\n    ${value === '' ? '""' : String(value)}`).join('');
    const type = typeName(reading.document, field);
    return `FIELD: ${name} <${type}>\n${values === '' ? '' : `ENUM:${values}`}\n\n${below}`;
  }
  if (schema.items) return follow(reading, schema.items, path);
  const values = valuesOf(schema);
  if (values) return follow(reading, values, path);
  for (const part of schema.allOf ?? []) {
    const found = follow(reading, part, path);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The description of a schema, and its fields. */
function whole(reading: Reading, schema: Schema): string {
  const text = descriptions(reading.document, schema) || '<empty>\n';
  const fields = fieldList(reading, schema, 1, new Set());
  return `DESCRIPTION:\n${indented(wrapped(text, WIDTH), 4)}\n${fields === '' ? '' : `FIELDS:\n${fields}`}\n`;
}

/** Of the schema, and of what it is made of. */
function descriptions(document: OpenApiDocument, from: Schema): string {
  const schema = resolved(document, from);
  const parts = [...(schema.allOf ?? []), schema.items, valuesOf(schema)];
  const own = schema.description ? `${schema.description}\n` : '';
  return own + parts.map((part) => (part ? descriptions(document, part) : '')).join('');
}

function fieldList(reading: Reading, from: Schema, level: number, seen: ReadonlySet<string>): string {
  if (from.$ref !== undefined && seen.has(from.$ref)) return '';
  const inside = from.$ref === undefined ? seen : new Set([...seen, from.$ref]);
  const schema = resolved(reading.document, from);
  const names = Object.keys(schema.properties ?? {}).sort();
  const own = names.map((name) => {
    const field = schema.properties?.[name] ?? {};
    const below = reading.isRecursive ? fieldList(reading, field, level + 1, inside) : '';
    return fieldLine(reading, schema, name, level) + below;
  });
  const parts = [...(schema.allOf ?? []), schema.items, valuesOf(schema)];
  return own.join('') + parts.map((part) => (part ? fieldList(reading, part, level, inside) : '')).join('');
}

function fieldLine({ document, isRecursive }: Reading, schema: Schema, name: string, level: number): string {
  const field = schema.properties?.[name] ?? {};
  const indent = level * 2;
  const required = schema.required?.includes(name) ? ' -required-' : '';
  const line = `${' '.repeat(indent)}${name}\t<${typeName(document, field)}>${required}${shortEnum(field, indent)}\n`;
  if (isRecursive) return line;
  return `${line}${indented(wrapped(field.description ?? '<no description>', 78 - indent), indent + 2)}\n\n`;
}

function shortEnum({ enum: values = [] }: Schema, indent: number): string {
  if (values.length === 0) return '';
  const shown = values.slice(0, VALUES).map((value) => (value === '' ? '""' : String(value)));
  return `\n${' '.repeat(indent)}enum: ${shown.join(', ')}${values.length > VALUES ? ', ....' : ''}`;
}

/** Lines of at most so many characters, broken between words; newlines stay. */
function wrapped(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => {
      const lines: string[] = [];
      let [current = '', ...words] = line.split(' ');
      for (const word of words) {
        const longer = `${current} ${word}`;
        if (longer.length > width && current !== '') {
          lines.push(current);
          current = word;
        } else current = longer;
      }
      return [...lines, current].join('\n');
    })
    .join('\n');
}

function indented(text: string, blanks: number): string {
  return text
    .split('\n')
    .map((line) => `${' '.repeat(blanks)}${line}`)
    .join('\n');
}
