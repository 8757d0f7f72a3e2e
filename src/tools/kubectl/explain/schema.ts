/** A document of OpenAPI v3, as far as it is explained. */
export interface OpenApiDocument {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[];
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** What a reference stands for; the schema itself where it is none. */
export function resolved({ components }: OpenApiDocument, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return (name !== undefined && components.schemas[name]) || schema;
}

/** The schema of a map's values. */
export function valuesOf({ additionalProperties }: Schema): Schema | undefined {
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** `string`, `[]Container`, `map[string]string`, `Object`: a type as people read it. */
export function typeName(document: OpenApiDocument, schema: Schema): string {
  if (schema.items) return `[]${typeName(document, schema.items)}`;
  const values = valuesOf(schema);
  if (values) return `map[string]${typeName(document, values)}`;
  const [only, ...others] = schema.allOf ?? [];
  if (only && others.length === 0 && !schema.properties) return typeName(document, only);
  if (schema.$ref !== undefined) {
    const { type } = resolved(document, schema);
    if (type === undefined || type === 'object') return schema.$ref.split(/[/.]/).at(-1) ?? 'Object';
    return type;
  }
  return schema.type === 'object' || schema.type === undefined ? 'Object' : schema.type;
}
