import type { JsonObject } from '../../../api/json.ts';
import { definitionOf, type Field, type FieldType, type Scalar } from '../../../api/schema/schema.ts';
import { enumOf } from './enums.ts';
import { META_SCHEMAS } from './meta-schemas.ts';
import { kindOfDefinition, reference } from './names.ts';

/** What is said of a type, as `apps.v1.DeploymentSpec`, or of one of its fields: what `kubectl explain` prints. */
export type Descriptions = (definition: string, field?: string) => string | undefined;

const LIST = 'List';
/** Says what metadata are, as every kind does. */
const ANY = 'core.v1.ConfigMap';
const UNDESCRIBED =
  'The fields of this kind are not described here; on a real cluster its CustomResourceDefinition describes them.';

/**
 * The schema of a type by its short name, as the real server publishes it in OpenAPI v3, without what only server-side apply
 * reads, which is not simulated: types of lists and maps (`x-kubernetes-list-type`), and defaults of fields.
 *
 * @throws Error for a name that is not in the specification
 */
export function schemaOf(name: string, descriptions: Descriptions): JsonObject {
  const meta = META_SCHEMAS.get(name);
  if (meta) return described(meta, name, descriptions);
  const item = itemOf(name);
  return item === undefined ? objectSchema(name, descriptions) : listSchema(name, item, descriptions);
}

/** `apps.v1.DeploymentList` lists `apps.v1.Deployment`; no type of the compact schema ends so. */
function itemOf(name: string): string | undefined {
  return name.endsWith(LIST) ? name.slice(0, -LIST.length) : undefined;
}

function objectSchema(name: string, descriptions: Descriptions): JsonObject {
  const { fields, isOpen } = definitionOf(name);
  const all = [...fields.values()];
  const required = all.filter(({ isRequired }) => isRequired).map((field) => field.name);
  const properties = Object.fromEntries(
    all.map((field) => [field.name, fieldSchema(isOpen ? ANY : name, field, descriptions)]),
  );
  const schema = {
    type: 'object',
    ...(required.length > 0 && { required }),
    ...(all.length > 0 && { properties }),
    ...kinds(name, fields),
    ...(isOpen && { 'x-kubernetes-preserve-unknown-fields': true, description: UNDESCRIBED }),
  };
  return described(schema, name, descriptions);
}

function listSchema(name: string, item: string, descriptions: Descriptions): JsonObject {
  const property = (field: string, schema: JsonObject): JsonObject =>
    withDescription(schema, descriptions(name, field));
  return described(
    {
      type: 'object',
      required: ['items'],
      properties: {
        apiVersion: property('apiVersion', { type: 'string' }),
        items: property('items', { type: 'array', items: { allOf: [reference(item)], default: {} } }),
        kind: property('kind', { type: 'string' }),
        metadata: property('metadata', { allOf: [reference('meta.v1.ListMeta')], default: {} }),
      },
      'x-kubernetes-group-version-kind': [kindOfDefinition(name)],
    },
    name,
    descriptions,
  );
}

/** Types that a client sends or gets by themselves say of which kind they are. */
function kinds(name: string, fields: ReadonlyMap<string, Field>): JsonObject {
  if (!fields.has('apiVersion') || !fields.has('kind')) return {};
  if (name === 'meta.v1.DeleteOptions') {
    return { 'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind: 'DeleteOptions' }] };
  }
  if (name.startsWith('meta.') || !fields.has('metadata')) return {};
  return { 'x-kubernetes-group-version-kind': [kindOfDefinition(name)] };
}

function fieldSchema(definition: string, field: Field, descriptions: Descriptions): JsonObject {
  const values = enumOf(definition, field.name);
  const type = outer(field, opaqueName(definition), values);
  return withDescription({ ...type, ...patchOf(field) }, descriptions(definition, field.name));
}

/** How a strategic merge patch treats the field: what `kubectl apply` and `kubectl diff` read. */
function patchOf({ mergeKey, retainKeys }: Field): JsonObject {
  const strategies = [...(mergeKey === undefined ? [] : ['merge']), ...(retainKeys ? ['retainKeys'] : [])];
  return {
    ...(mergeKey && { 'x-kubernetes-patch-merge-key': mergeKey }),
    ...(strategies.length > 0 && { 'x-kubernetes-patch-strategy': strategies.join(',') }),
  };
}

function outer(field: Field, opaque: string, values: readonly string[] | undefined): JsonObject {
  const { type } = field;
  switch (type.is) {
    case 'definition':
      return { allOf: [reference(type.name)] };
    case 'scalar': {
      const name = scalarName(type.scalar, opaque);
      if (name !== undefined) return { allOf: [reference(name)] };
      const allowed = type.values ?? values;
      return { ...SCALARS[type.scalar], ...(allowed && { enum: allowed }) };
    }
    default:
      return collection(type, opaque, values);
  }
}

function collection(
  type: FieldType & { readonly is: 'list' | 'map' },
  opaque: string,
  values: readonly string[] | undefined,
): JsonObject {
  const inner = inside(type.of, opaque, values);
  return type.is === 'list' ? { type: 'array', items: inner } : { type: 'object', additionalProperties: inner };
}

function inside(type: FieldType, opaque: string, values: readonly string[] | undefined): JsonObject {
  switch (type.is) {
    case 'definition':
      return { allOf: [reference(type.name)], default: {} };
    case 'scalar': {
      const name = scalarName(type.scalar, opaque);
      if (name !== undefined) return { ...reference(name) };
      return { ...SCALARS[type.scalar], ...defaultOf(type.scalar), ...(values && { enum: values }) };
    }
    default:
      return collection(type, opaque, values);
  }
}

/** Scalars that have no type of their own. */
const SCALARS: Readonly<Partial<Record<Scalar, JsonObject>>> = {
  s: { type: 'string' },
  i: { type: 'integer', format: 'int32' },
  l: { type: 'integer', format: 'int64' },
  d: { type: 'number', format: 'double' },
  b: { type: 'boolean' },
  y: { type: 'string', format: 'byte' },
};

function defaultOf(scalar: Scalar): JsonObject {
  if (scalar === 's') return { default: '' };
  if (scalar === 'b') return { default: false };
  return scalar === 'i' || scalar === 'l' || scalar === 'd' ? { default: 0 } : {};
}

function scalarName(scalar: Scalar, opaque: string): string | undefined {
  switch (scalar) {
    case 't':
      return 'meta.v1.Time';
    case 'u':
      return 'meta.v1.MicroTime';
    case 'q':
      return 'pkg.api.resource.Quantity';
    case 'x':
      return 'pkg.util.intstr.IntOrString';
    case 'o':
      return opaque;
    default:
      return undefined;
  }
}

/** Anything at all has two names: in the managed fields, and elsewhere. */
function opaqueName(definition: string): string {
  return definition === 'meta.v1.ManagedFieldsEntry' ? 'meta.v1.FieldsV1' : 'pkg.runtime.RawExtension';
}

function described(schema: JsonObject, name: string, descriptions: Descriptions): JsonObject {
  return withDescription(schema, descriptions(name));
}

function withDescription(schema: JsonObject, description: string | undefined): JsonObject {
  return description === undefined ? schema : { description, ...schema };
}
