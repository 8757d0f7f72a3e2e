import { isObject, type Json, type JsonObject } from '../../../api/json.ts';
import type { GroupVersion } from '../group-versions.ts';
import { hashOf } from '../hash.ts';
import { reference, schemaName } from './names.ts';
import { pathsOf } from './paths.ts';
import { type Descriptions, schemaOf } from './schemas.ts';

/** A document as it is sent. */
export interface OpenApiDocument {
  readonly text: string;
  /** Changes with the text; clients keep a document as long as the index names this one. */
  readonly hash: string;
}

/** The OpenAPI v3 documents of the groups: each is made when it is first asked for, and kept. */
export class OpenApiDocuments {
  readonly #groups: ReadonlyMap<string, GroupVersion>;
  readonly #release: string;
  readonly #descriptions: Descriptions;
  /** Schemas by reference; documents share them. */
  readonly #schemas = new Map<string, JsonObject>();
  readonly #documents = new Map<string, OpenApiDocument>();
  #index: string | undefined;

  /** @param release what the documents say they describe, as `1.36` */
  constructor(groups: readonly GroupVersion[], release: string, descriptions: Descriptions) {
    this.#groups = new Map(groups.map((group) => [group.path, group]));
    this.#release = release;
    this.#descriptions = descriptions;
  }

  /** `/openapi/v3`: where each document is, by its group (kube-openapi, handler3). It makes all of them, for their hashes. */
  index(): string {
    this.#index ??= JSON.stringify({
      paths: Object.fromEntries(
        [...this.#groups.keys()].map((path) => [path, { serverRelativeURL: this.urlOf(path) }]),
      ),
    });
    return this.#index;
  }

  /** The address of a document with its hash. */
  urlOf(path: string): string {
    return `/openapi/v3/${path}?hash=${this.document(path)?.hash ?? ''}`;
  }

  /** @param path `api/v1`, `apis/apps/v1` */
  document(path: string): OpenApiDocument | undefined {
    const made = this.#documents.get(path);
    if (made) return made;
    const group = this.#groups.get(path);
    if (!group) return undefined;
    const text = JSON.stringify(this.#make(group));
    const document = { text, hash: hashOf(text) };
    this.#documents.set(path, document);
    return document;
  }

  #make(group: GroupVersion): JsonObject {
    const paths = pathsOf(group);
    const schemas = this.#closure(paths, group);
    return {
      openapi: '3.0.0',
      info: { title: 'Kubernetes', version: this.#release },
      paths,
      components: {
        schemas: Object.fromEntries(schemas),
        securitySchemes: {
          BearerToken: {
            type: 'apiKey',
            description: 'Bearer Token authentication',
            name: 'authorization',
            in: 'header',
          },
        },
      },
    };
  }

  /** The schemas that the paths name, and those that they name. */
  #closure(paths: JsonObject, group: GroupVersion): [string, JsonObject][] {
    const found = new Map<string, JsonObject>();
    const waiting = [...referencesIn(paths)];
    for (let ref = waiting.pop(); ref !== undefined; ref = waiting.pop()) {
      if (found.has(ref)) continue;
      const schema = this.#schemaAt(ref);
      found.set(ref, schema);
      waiting.push(...referencesIn(schema));
    }
    const named = [...found].map(([ref, schema]): [string, JsonObject] => [ref.slice(PREFIX.length), schema]);
    return named
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, schema]) => [name, name === DELETE_OPTIONS ? alsoOf(group, schema) : schema]);
  }

  #schemaAt(ref: string): JsonObject {
    const known = this.#schemas.get(ref);
    if (known) return known;
    const schema = schemaOf(shortName(ref), this.#descriptions);
    this.#schemas.set(ref, schema);
    return schema;
  }
}

const PREFIX = '#/components/schemas/';
const DELETE_OPTIONS = schemaName('meta.v1.DeleteOptions');

const BUILT_IN = /^io\.k8s\.(?:api\.|apimachinery\.pkg\.apis\.|apimachinery\.)/;

/** The way back from a reference: `io.k8s.api.core.v1.Pod` is `core.v1.Pod`. */
function shortName(ref: string): string {
  const name = ref.slice(PREFIX.length);
  const short = BUILT_IN.test(name) ? name.replace(BUILT_IN, '') : `/${name}`;
  if (reference(short).$ref !== ref) throw new Error(`no type is published as ${name}`);
  return short;
}

/** Options of a deletion belong to each group that is deleted from. */
function alsoOf({ group, version }: GroupVersion, schema: JsonObject): JsonObject {
  if (group === '') return schema;
  const key = 'x-kubernetes-group-version-kind';
  const core = schema[key];
  const kinds = [...(Array.isArray(core) ? (core as readonly Json[]) : []), { group, version, kind: 'DeleteOptions' }];
  return { ...schema, [key]: kinds };
}

function referencesIn(value: Json): Set<string> {
  const found = new Set<string>();
  collect(value, found);
  return found;
}

function collect(value: Json | undefined, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, found);
  else if (isObject(value)) {
    const ref = value['$ref'];
    if (typeof ref === 'string') found.add(ref);
    for (const key in value) collect(value[key], found);
  }
}
