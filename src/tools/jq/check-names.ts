import type { Builtin, Scope } from './evaluate.ts';
import { type Ast, CompileError, type Pattern } from './syntax.ts';

interface Known {
  readonly functions: ReadonlySet<string>;
  readonly variables: ReadonlySet<string>;
}

/** Names are looked for before anything runs. @throws CompileError */
export function checkNames(program: Ast, scope: Scope, builtins: ReadonlyMap<string, Builtin>): void {
  check(program, {
    functions: new Set([...scope.functions.keys(), ...builtins.keys()]),
    variables: new Set([...scope.variables.keys(), 'ENV', '__loc__']),
  });
}

function check(ast: Ast, known: Known): void {
  switch (ast.kind) {
    case 'call':
      if (!known.functions.has(`${ast.name}/${ast.arguments.length}`))
        throw new CompileError(`${ast.name}/${ast.arguments.length} is not defined`);
      for (const each of ast.arguments) check(each, known);
      return;
    case 'variable':
      if (!known.variables.has(ast.name)) throw new CompileError(`$${ast.name} is not defined`);
      return;
    case 'define': {
      const { name, parameters, body } = ast.definition;
      const outer = { ...known, functions: new Set([...known.functions, `${name}/${parameters.length}`]) };
      check(body, {
        functions: new Set([...outer.functions, ...parameters.map((each) => `${each.replace(/^\$/, '')}/0`)]),
        variables: new Set([
          ...known.variables,
          ...parameters.flatMap((each) => (each.startsWith('$') ? [each.slice(1)] : [])),
        ]),
      });
      check(ast.body, outer);
      return;
    }
    case 'as':
      check(ast.source, known);
      check(ast.body, withPattern(ast.pattern, known));
      return;
    case 'reduce':
    case 'foreach': {
      check(ast.source, known);
      check(ast.start, known);
      const inner = withPattern(ast.pattern, known);
      check(ast.update, inner);
      if (ast.kind === 'foreach' && ast.extract) check(ast.extract, inner);
      return;
    }
    case 'object':
      for (const { key, value } of ast.entries) {
        check(key, known);
        check(value, known);
      }
      return;
    case 'text':
      for (const part of ast.parts) if (typeof part !== 'string') check(part, known);
      return;
    default:
      for (const part of Object.values(ast)) if (isAst(part)) check(part, known);
  }
}

function isAst(value: unknown): value is Ast {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function withPattern(pattern: Pattern, known: Known): Known {
  return { ...known, variables: new Set([...known.variables, ...namesOf(pattern)]) };
}

function namesOf(pattern: Pattern): readonly string[] {
  if (pattern.kind === 'variable') return [pattern.name];
  if (pattern.kind === 'array') return pattern.items.flatMap(namesOf);
  return pattern.entries.flatMap(({ variable, pattern: inner }) => [
    ...(variable === undefined ? [] : [variable]),
    ...(inner ? namesOf(inner) : []),
  ]);
}
