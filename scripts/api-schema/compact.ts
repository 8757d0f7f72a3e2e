/** The part of an OpenAPI v3 schema that is looked at. */
interface OpenApiSchema {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly allOf?: readonly OpenApiSchema[];
  readonly oneOf?: readonly OpenApiSchema[];
  readonly items?: OpenApiSchema;
  readonly additionalProperties?: OpenApiSchema;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly 'x-kubernetes-patch-merge-key'?: string;
  readonly 'x-kubernetes-patch-strategy'?: string;
}

export type OpenApiSchemas = Record<string, OpenApiSchema>;

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.';

/** What has a letter of its own, since JSON has it as one value. */
const SCALARS: Readonly<Record<string, string>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'q',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'x',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'o',
  [`${META}Time`]: 't',
  [`${META}MicroTime`]: 'u',
  [`${META}FieldsV1`]: 'o',
  [`${META}Patch`]: 'o',
};

/**
 * One line for each definition that the roots are made of: its short name, then its fields as `name:type`, in their order.
 *
 * @throws Error for a root that no document holds, or a shape that the compact form has no sign for
 */
export function compactDefinitions(schemas: OpenApiSchemas, roots: readonly string[]): string[] {
  const byShort = new Map(Object.keys(schemas).map((name) => [shortName(name), name]));
  const lines = new Map<string, string>();
  const waiting = [...roots];
  for (let short = waiting.pop(); short !== undefined; short = waiting.pop()) {
    if (lines.has(short)) continue;
    const schema = schemas[byShort.get(short) ?? ''];
    if (!schema) throw new Error(`no document defines ${short}`);
    const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
      const { sign, refs } = typeOf(field, `${short}.${name}`);
      waiting.push(...refs);
      return `${name}${schema.required?.includes(name) ? '!' : ''}:${sign}${mergeOf(field)}`;
    });
    lines.set(short, [short, ...fields].join(' '));
  }
  return [...lines.keys()].sort().map((short) => lines.get(short) as string);
}

/** `io.k8s.api.core.v1.PodSpec` is `core.v1.PodSpec`. */
function shortName(name: string): string {
  return name.split('.').slice(-3).join('.');
}

function typeOf(schema: OpenApiSchema, where: string): { readonly sign: string; readonly refs: readonly string[] } {
  const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (ref !== undefined) {
    const name = ref.replace('#/components/schemas/', '');
    const scalar = SCALARS[name];
    return scalar ? { sign: scalar, refs: [] } : { sign: shortName(name), refs: [shortName(name)] };
  }
  if (schema.type === 'array' && schema.items) {
    const { sign, refs } = typeOf(schema.items, where);
    return { sign: `[${sign}]`, refs };
  }
  if (schema.type === 'object' && schema.additionalProperties) {
    const { sign, refs } = typeOf(schema.additionalProperties, where);
    return { sign: `{${sign}}`, refs };
  }
  return { sign: scalarOf(schema, where), refs: [] };
}

function scalarOf({ type, format, enum: values }: OpenApiSchema, where: string): string {
  switch (`${type}/${format ?? ''}`) {
    case 'string/':
      return values ? `s(${values.join('|')})` : 's';
    case 'string/byte':
      return 'y';
    case 'integer/int32':
      return 'i';
    case 'integer/int64':
    case 'integer/':
      return 'l';
    case 'number/double':
      return 'd';
    case 'boolean/':
      return 'b';
    case 'object/':
      return 'o';
    default:
      throw new Error(`${where}: no sign for ${type} ${format}`);
  }
}

/** How a strategic merge patch joins lists: `@key` by that key, `@` as a set of scalars; `~` when other keys are dropped. */
function mergeOf(schema: OpenApiSchema): string {
  const strategies = (schema['x-kubernetes-patch-strategy'] ?? '').split(',');
  const merge = strategies.includes('merge') ? `@${schema['x-kubernetes-patch-merge-key'] ?? ''}` : '';
  return merge + (strategies.includes('retainKeys') ? '~' : '');
}
