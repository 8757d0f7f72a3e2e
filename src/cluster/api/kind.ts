import type { FieldError } from './field-error.ts';
import type { Json } from './json.ts';
import type { NameCheck } from './names.ts';
import type { KubeObject } from './object.ts';

/** A column of a table, as `kubectl get` asks for it (metav1.TableColumnDefinition). */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean';
  /** Shown with `-o wide` only. */
  readonly isWide?: boolean;
}

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** What an update may change: all but the status, or the status alone. */
export type UpdateScope = 'main' | 'status' | 'other';

/**
 * A kind that the API server stores: its names, and what the server's strategy for it does (pkg/registry/<group>/<kind>).
 * Objects are immutable: functions give back the argument when there is nothing to do.
 */
export interface Kind<T extends KubeObject = KubeObject> {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The name in paths, `deployments`. */
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly isNamespaced: boolean;
  readonly verbs: readonly Verb[];
  /** Other versions of the API that show the same objects, with this one's shape turned into theirs. */
  readonly storagePath: string;
  /** The type in the schema, `apps.v1.Deployment`. */
  readonly definition: string;
  readonly checkName: NameCheck;
  /** Whether `/status` is a subresource, so that a main update leaves the status alone. */
  readonly hasStatus: boolean;
  /** Whether `metadata.generation` counts changes of the spec. */
  readonly hasGeneration: boolean;
  /** Fills in what the client left out (pkg/apis/<group>/v1/defaults.go). */
  complete(object: T): T;
  /** What a new object begins with, whatever the client says (strategy.PrepareForCreate). */
  prepareCreate?(object: T): T;
  /** What an update may not touch is taken from the old object (strategy.PrepareForUpdate). */
  prepareUpdate?(next: T, before: T, scope: UpdateScope): T;
  validate(object: T): readonly FieldError[];
  validateUpdate?(next: T, before: T, scope: UpdateScope): readonly FieldError[];
  /** Said to the client beside a successful answer (`Warning:`). */
  warnings?(object: T): readonly string[];
  /** Fields that a field selector may name, beside metadata.name and metadata.namespace. */
  readonly selectable?: Readonly<Record<string, (object: T) => string>>;
  readonly columns: readonly Column[];
  /** @param now milliseconds since the epoch, for ages */
  row(object: T, now: number): readonly Json[];
}

const ALL_VERBS: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** What most kinds have in common; a definition says the rest. */
export const usual = {
  verbs: ALL_VERBS,
  shortNames: [],
  categories: [],
  isNamespaced: true,
  hasStatus: false,
  hasGeneration: false,
  complete: <T>(object: T): T => object,
  validate: (): readonly FieldError[] => [],
} as const;

export const NAME: Column = { name: 'Name', type: 'string' };
export const AGE: Column = { name: 'Age', type: 'string' };

/** `column('Ready')`, `column('Node', 'wide')`, `column('Desired', 'integer')`. */
export function column(name: string, ...options: ('wide' | 'integer' | 'boolean')[]): Column {
  const type = options.includes('integer') ? 'integer' : options.includes('boolean') ? 'boolean' : 'string';
  return { name, type, ...(options.includes('wide') && { isWide: true }) };
}
