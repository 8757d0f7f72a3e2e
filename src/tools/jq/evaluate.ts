import { calculate, isTrue, JqError } from './arithmetic.ts';
import { formatted } from './formats.ts';
import { isArray, isObject, type Json, typeOf } from './json.ts';
import { eachOf, getPath, indexOf, setPath } from './paths.ts';
import { type Ast, CompileError, type Definition, type Pattern } from './syntax.ts';

/** A value, and where it comes from while a path is looked for. */
export interface Found {
  readonly value: Json;
  readonly path: readonly Json[] | undefined;
}

type Results = Generator<Found, void, void>;

/** What a name stands for: a filter of the program, with what is known where it was defined. */
interface Function {
  readonly definition: Definition;
  readonly scope: () => Scope;
}

interface Closure {
  readonly body: Ast;
  readonly scope: Scope;
}

/** Names and what they stand for. */
export interface Scope {
  readonly variables: ReadonlyMap<string, Json>;
  readonly functions: ReadonlyMap<string, Function | Closure>;
}

/** What is done without a definition in the language; by its name and the number of its arguments. */
export type Builtin = (
  input: Found,
  arguments_: readonly ((from?: Found) => Results)[],
  world: World,
) => Iterable<Found>;

/** What filters reach beside their input. */
export interface World {
  readonly builtins: ReadonlyMap<string, Builtin>;
  /** The next input. @throws JqError */
  input(): Json;
  readonly now: number;
  readonly environment: Json;
  readonly lineNumber: number;
  warn(text: string): void;
}

/** A `break`, on its way to its label. */
class Break extends Error {
  readonly label: object;
  constructor(label: object) {
    super('break');
    this.label = label;
  }
}

function plain(value: Json): Found {
  return { value, path: undefined };
}

function withVariable(scope: Scope, name: string, value: Json): Scope {
  return { ...scope, variables: new Map([...scope.variables, [name, value]]) };
}

/** Definitions that know each other. */
export function defineAll(definitions: readonly Definition[]): Scope {
  const functions = new Map<string, Function>();
  const scope: Scope = { variables: new Map(), functions };
  for (const definition of definitions)
    functions.set(`${definition.name}/${definition.parameters.length}`, { definition, scope: () => scope });
  return scope;
}

function define(scope: Scope, definition: Definition): Scope {
  const functions = new Map(scope.functions);
  const made: Scope = { variables: scope.variables, functions };
  functions.set(`${definition.name}/${definition.parameters.length}`, { definition, scope: () => made });
  return made;
}

/** Labels are known by objects, which stand in the scope under a name that no variable has. */
const labels = new WeakMap<Scope, ReadonlyMap<string, object>>();

/** Does what filters say. */
export class Evaluator {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  *run(ast: Ast, input: Found, scope: Scope): Results {
    switch (ast.kind) {
      case 'identity':
        yield input;
        return;
      case 'literal':
        yield plain(ast.value);
        return;
      case 'recurse':
        yield* this.#recurse(input);
        return;
      case 'index':
        for (const of of this.run(ast.of, input, scope))
          for (const { value: key } of this.#values(ast.key, input, scope)) yield step(of, key);
        return;
      case 'slice':
        yield* this.#slice(ast, input, scope);
        return;
      case 'each':
        for (const of of this.run(ast.of, input, scope))
          for (const [key, value] of eachOf(of.value)) yield { value, path: of.path && [...of.path, key] };
        return;
      case 'pipe':
        for (const left of this.run(ast.left, input, scope)) yield* this.run(ast.right, left, scope);
        return;
      case 'comma':
        yield* this.run(ast.left, input, scope);
        yield* this.run(ast.right, input, scope);
        return;
      case 'alternative':
        yield* this.#alternative(ast.left, ast.right, input, scope);
        return;
      case 'try':
        yield* this.#try(ast.body, ast.handler, input, scope);
        return;
      case 'if':
        for (const { value } of this.#values(ast.condition, input, scope)) {
          const branch = isTrue(value) ? ast.then : ast.otherwise;
          if (branch) yield* this.run(branch, input, scope);
          else yield input;
        }
        return;
      case 'as':
        for (const { value } of this.#values(ast.source, input, scope))
          for (const inner of this.#match(ast.pattern, value, input, scope)) yield* this.run(ast.body, input, inner);
        return;
      case 'define':
        yield* this.run(ast.body, input, inherit(define(scope, ast.definition), scope));
        return;
      case 'label': {
        const label = {};
        const inner = { ...scope };
        labels.set(inner, new Map([...(labels.get(scope) ?? []), [ast.name, label]]));
        try {
          yield* this.run(ast.body, input, inner);
        } catch (error) {
          if (!(error instanceof Break) || error.label !== label) throw error;
        }
        return;
      }
      case 'break': {
        const label = labels.get(scope)?.get(ast.name);
        if (!label) throw new CompileError(`$*label-${ast.name} is not defined`);
        throw new Break(label);
      }
      case 'call':
        yield* this.#call(ast.name, ast.arguments, input, scope);
        return;
      case 'reduce':
        yield* this.#reduce(ast, input, scope);
        return;
      case 'foreach':
        yield* this.#foreach(ast, input, scope);
        return;
      default:
        yield* this.#made(ast, input, scope);
    }
  }

  /** What is no path. */
  *#made(ast: Ast, input: Found, scope: Scope): Results {
    switch (ast.kind) {
      case 'array': {
        const items: Json[] = [];
        if (ast.body) for (const { value } of this.#values(ast.body, input, scope)) items.push(value);
        yield plain(items);
        return;
      }
      case 'object':
        for (const object of this.#object(ast.entries, 0, input, scope)) yield plain(new Map(object));
        return;
      case 'text':
        for (const text of this.#text(ast.parts, ast.format, 0, input, scope)) yield plain(text);
        return;
      case 'format':
        yield plain(formatted(ast.name, input.value));
        return;
      case 'negate':
        for (const { value } of this.#values(ast.body, input, scope)) {
          if (typeof value !== 'number') throw new JqError(`${typeOf(value)} cannot be negated`);
          yield plain(-value);
        }
        return;
      case 'and':
      case 'or':
        for (const { value } of this.#values(ast.left, input, scope)) {
          if (isTrue(value) === (ast.kind === 'or')) yield plain(ast.kind === 'or');
          else for (const right of this.#values(ast.right, input, scope)) yield plain(isTrue(right.value));
        }
        return;
      case 'binary':
        for (const right of this.#values(ast.right, input, scope))
          for (const left of this.#values(ast.left, input, scope))
            yield plain(calculate(ast.operator, left.value, right.value));
        return;
      case 'assign':
        yield* this.#assign(ast.operator, ast.left, ast.right, input, scope);
        return;
      case 'variable':
        yield plain(this.#variable(ast.name, scope));
        return;
      default:
    }
  }

  /** Without paths: what is looked for inside is a value. */
  #values(ast: Ast, input: Found, scope: Scope): Results {
    return this.run(ast, plain(input.value), scope);
  }

  /** @throws JqError for what is no path */
  *paths(ast: Ast, input: Json, scope: Scope): Generator<readonly Json[], void, void> {
    for (const { path, value } of this.run(ast, { value: input, path: [] }, scope)) {
      if (!path) throw new JqError(`Invalid path expression with result ${JSON.stringify(value)?.slice(0, 30) ?? ''}`);
      yield path;
    }
  }

  *#recurse(input: Found): Results {
    yield input;
    if (isArray(input.value) || isObject(input.value))
      for (const [key, value] of eachOf(input.value))
        yield* this.#recurse({ value, path: input.path && [...input.path, key] });
  }

  *#slice(ast: Extract<Ast, { kind: 'slice' }>, input: Found, scope: Scope): Results {
    const ends = (end: Ast | undefined) => (end ? this.#values(end, input, scope) : [plain(null)]);
    for (const of of this.run(ast.of, input, scope))
      for (const { value: to } of ends(ast.to))
        for (const { value: from } of ends(ast.from))
          yield step(
            of,
            new Map([
              ['start', from],
              ['end', to],
            ]),
          );
  }

  *#alternative(left: Ast, right: Ast, input: Found, scope: Scope): Results {
    let isFound = false;
    try {
      for (const found of this.run(left, input, scope))
        if (isTrue(found.value)) {
          isFound = true;
          yield found;
        }
    } catch (error) {
      if (!(error instanceof JqError)) throw error;
    }
    if (!isFound) yield* this.run(right, input, scope);
  }

  *#try(body: Ast, handler: Ast | undefined, input: Found, scope: Scope): Results {
    let caught: JqError | undefined;
    const results = this.run(body, input, scope);
    for (;;) {
      let next: IteratorResult<Found, void>;
      try {
        next = results.next();
      } catch (error) {
        if (!(error instanceof JqError)) throw error;
        caught = error;
        break;
      }
      if (next.done) return;
      yield next.value;
    }
    if (handler) yield* this.run(handler, plain(caught.value), scope);
  }

  *#object(
    entries: Extract<Ast, { kind: 'object' }>['entries'],
    index: number,
    input: Found,
    scope: Scope,
  ): Generator<readonly (readonly [string, Json])[], void, void> {
    const entry = entries[index];
    if (!entry) {
      yield [];
      return;
    }
    for (const { value: key } of this.#values(entry.key, input, scope)) {
      if (typeof key !== 'string') throw new JqError(`Object keys must be strings`);
      for (const { value } of this.#values(entry.value, input, scope))
        for (const rest of this.#object(entries, index + 1, input, scope)) yield [[key, value], ...rest];
    }
  }

  *#text(
    parts: readonly (string | Ast)[],
    format: string | undefined,
    index: number,
    input: Found,
    scope: Scope,
  ): Generator<string, void, void> {
    const part = parts[index];
    if (part === undefined) {
      yield '';
      return;
    }
    const shown = typeof part === 'string' ? [part] : this.#formatted(part, format, input, scope);
    for (const text of shown) for (const rest of this.#text(parts, format, index + 1, input, scope)) yield text + rest;
  }

  *#formatted(part: Ast, format: string | undefined, input: Found, scope: Scope): Generator<string, void, void> {
    for (const { value } of this.#values(part, input, scope)) yield formatted(format ?? 'text', value);
  }

  #variable(name: string, scope: Scope): Json {
    if (name === 'ENV') return this.#world.environment;
    if (name === '__loc__')
      return new Map<string, Json>([
        ['file', '<top-level>'],
        ['line', 1],
      ]);
    const value = scope.variables.get(name);
    if (value === undefined) throw new CompileError(`$${name} is not defined`);
    return value;
  }

  *#match(pattern: Pattern, value: Json, input: Found, scope: Scope): Generator<Scope, void, void> {
    if (pattern.kind === 'variable') {
      yield inherit(withVariable(scope, pattern.name, value), scope);
      return;
    }
    if (pattern.kind === 'array') {
      if (value !== null && !isArray(value)) throw new JqError(`Cannot index ${typeOf(value)} with number`);
      yield* this.#matchAll(
        pattern.items.map((each, index) => [each, indexOf(value, index)] as const),
        input,
        scope,
      );
      return;
    }
    yield* this.#matchEntries(pattern.entries, 0, value, input, scope);
  }

  *#matchAll(pairs: readonly (readonly [Pattern, Json])[], input: Found, scope: Scope): Generator<Scope, void, void> {
    const [first, ...rest] = pairs;
    if (!first) yield scope;
    else for (const inner of this.#match(first[0], first[1], input, scope)) yield* this.#matchAll(rest, input, inner);
  }

  *#matchEntries(
    entries: Extract<Pattern, { kind: 'object' }>['entries'],
    index: number,
    value: Json,
    input: Found,
    scope: Scope,
  ): Generator<Scope, void, void> {
    const entry = entries[index];
    if (!entry) {
      yield scope;
      return;
    }
    for (const { value: key } of this.#values(entry.key, input, scope)) {
      const own = indexOf(value, key);
      const named = entry.variable === undefined ? scope : inherit(withVariable(scope, entry.variable, own), scope);
      const inners = entry.pattern ? this.#match(entry.pattern, own, input, named) : [named];
      for (const inner of inners) yield* this.#matchEntries(entries, index + 1, value, input, inner);
    }
  }

  *#reduce(ast: Extract<Ast, { kind: 'reduce' }>, input: Found, scope: Scope): Results {
    for (const { value: start } of this.#values(ast.start, input, scope)) {
      let state: Json = start;
      for (const { value } of this.#values(ast.source, input, scope))
        for (const inner of this.#match(ast.pattern, value, input, scope)) {
          let last: Json = null;
          for (const found of this.run(ast.update, plain(state), inner)) last = found.value;
          state = last;
        }
      yield plain(state);
    }
  }

  *#foreach(ast: Extract<Ast, { kind: 'foreach' }>, input: Found, scope: Scope): Results {
    for (const { value: start } of this.#values(ast.start, input, scope)) {
      let state = plain(start);
      for (const { value } of this.#values(ast.source, input, scope))
        for (const inner of this.#match(ast.pattern, value, input, scope))
          for (const found of this.run(ast.update, state, inner)) {
            state = found;
            if (ast.extract) yield* this.run(ast.extract, found, inner);
            else yield found;
          }
    }
  }

  *#assign(operator: string, left: Ast, right: Ast, input: Found, scope: Scope): Results {
    if (operator === '|=') {
      let result = input.value;
      const gone: (readonly Json[])[] = [];
      for (const path of [...this.paths(left, input.value, scope)]) {
        const before = getPath(result, path);
        const first = this.run(right, plain(before), scope).next();
        if (first.done) gone.push(path);
        else {
          const { value } = first.value;
          result = setPath(result, path, () => value);
        }
      }
      yield plain(gone.length === 0 ? result : removed(result, gone));
      return;
    }
    for (const { value } of this.#values(right, input, scope)) {
      let result = input.value;
      for (const path of this.paths(left, input.value, scope))
        result = setPath(result, path, (before) => {
          if (operator === '=') return value;
          if (operator === '//=') return isTrue(before) ? before : value;
          return calculate(operator.slice(0, -1), before, value);
        });
      yield plain(result);
    }
  }

  *#call(name: string, given: readonly Ast[], input: Found, scope: Scope): Results {
    const full = `${name}/${given.length}`;
    const found = scope.functions.get(full);
    if (found && 'body' in found) {
      yield* this.run(found.body, input, found.scope);
      return;
    }
    if (found) {
      yield* this.#apply(found, given, input, scope);
      return;
    }
    const builtin = this.#world.builtins.get(full);
    if (!builtin) throw new CompileError(`${full} is not defined`);
    const filters = given.map(
      (each) =>
        (from: Found = input) =>
          this.run(each, from, scope),
    );
    yield* builtin(input, filters, this.#world);
  }

  *#apply({ definition, scope: made }: Function, given: readonly Ast[], input: Found, scope: Scope): Results {
    const own = made();
    const functions = new Map(own.functions);
    for (const [index, parameter] of definition.parameters.entries()) {
      const body = given[index];
      if (body) functions.set(`${parameter.replace(/^\$/, '')}/0`, { body, scope });
    }
    const values = definition.parameters.flatMap((parameter, index) => {
      const body = given[index];
      return parameter.startsWith('$') && body ? [[parameter.slice(1), body] as const] : [];
    });
    for (const variables of this.#parameters(values, input, scope, own.variables))
      yield* this.run(definition.body, input, { variables, functions });
  }

  /** Each combination of what arguments by value give. */
  *#parameters(
    values: readonly (readonly [string, Ast])[],
    input: Found,
    scope: Scope,
    variables: ReadonlyMap<string, Json>,
  ): Generator<ReadonlyMap<string, Json>, void, void> {
    const [first, ...rest] = values;
    if (!first) {
      yield variables;
      return;
    }
    for (const { value } of this.#values(first[1], input, scope))
      yield* this.#parameters(rest, input, scope, new Map([...variables, [first[0], value]]));
  }
}

function step({ value, path }: Found, key: Json): Found {
  return { value: indexOf(value, key), path: path && [...path, key] };
}

/** Labels hold inside of what is defined there. */
function inherit(scope: Scope, from: Scope): Scope {
  const known = labels.get(from);
  if (known) labels.set(scope, known);
  return scope;
}

function removed(value: Json, paths: readonly (readonly Json[])[]): Json {
  return paths.reduceRight<Json>(
    (result, path) => setPath(result, path.slice(0, -1), (of) => withoutKey(of, path.at(-1) ?? null)),
    value,
  );
}

function withoutKey(value: Json, key: Json): Json {
  if (isObject(value)) return new Map([...value].filter(([name]) => name !== key));
  return isArray(value) ? value.filter((_, index) => index !== key) : value;
}
