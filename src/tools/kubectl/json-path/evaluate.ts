import { compactJson } from '../printers/json.ts';
import { JsonPathError, type Operand, parseTemplate, type Step, type TemplateNode } from './parse.ts';

export interface EvaluateOptions {
  /** A field that is not there prints nothing (kubectl's way), or is an error. */
  readonly allowsMissing: boolean;
}

/** What a template makes of an object. @throws JsonPathError */
export function printTemplate(text: string, data: unknown, options: EvaluateOptions): string {
  return printNodes(parseTemplate(text), data, data, options);
}

/** The values that a template names, one behind the other; text between them is left out. @throws JsonPathError */
export function valuesOfTemplate(text: string, data: unknown, options: EvaluateOptions): readonly unknown[] {
  return parseTemplate(text).flatMap((node) => (node.kind === 'path' ? walk(node.steps, [data], data, options) : []));
}

function printNodes(nodes: readonly TemplateNode[], root: unknown, current: unknown, options: EvaluateOptions): string {
  return nodes
    .map((node) => {
      if (node.kind === 'text') return node.text;
      const found = walk(node.steps, [current], root, options);
      if (node.kind === 'path') return found.map(shown).join(' ');
      return found.map((each) => printNodes(node.body, root, each, options)).join('');
    })
    .join('');
}

/** The values at a path. @throws JsonPathError */
export function walk(
  steps: readonly Step[],
  from: readonly unknown[],
  root: unknown,
  options: EvaluateOptions,
): readonly unknown[] {
  return steps.reduce<readonly unknown[]>((values, step) => follow(step, values, root, options), from);
}

function follow(step: Step, values: readonly unknown[], root: unknown, options: EvaluateOptions): readonly unknown[] {
  switch (step.kind) {
    case 'root':
      return values;
    case 'literal':
      return [step.text];
    case 'field':
      return values.flatMap((value) => fieldOf(value, step.name, options));
    case 'wildcard':
      return values.flatMap((value) => membersOf(value));
    case 'recursive':
      return values.flatMap((value) => withDescendants(value));
    case 'slice':
      return values.flatMap((value) => sliceOf(value, step, options));
    case 'filter':
      return values.flatMap((value) => membersOf(value).filter((each) => matches(step, each, root, options)));
    case 'union':
      return values.flatMap((value) => step.members.flatMap((member) => walk(member, [value], root, options)));
  }
}

function fieldOf(value: unknown, name: string, { allowsMissing }: EvaluateOptions): readonly unknown[] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const own = (value as Readonly<Record<string, unknown>>)[name];
    if (own !== undefined && own !== null) return [own];
    if (own === null || allowsMissing) return [];
    throw new JsonPathError(`${name} is not found`);
  }
  if (allowsMissing || value === null || value === undefined) return [];
  throw new JsonPathError(`${name} is not found`);
}

function membersOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null)
    return Object.keys(value)
      .sort()
      .map((key) => (value as Record<string, unknown>)[key]);
  return [];
}

function withDescendants(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...membersOf(value).flatMap((each) => withDescendants(each))];
}

function sliceOf(
  value: unknown,
  step: Extract<Step, { kind: 'slice' }>,
  { allowsMissing }: EvaluateOptions,
): readonly unknown[] {
  if (!Array.isArray(value)) {
    if (allowsMissing) return [];
    throw new JsonPathError(`${goType(value)} is not array or slice`);
  }
  const list: readonly unknown[] = value;
  const absolute = (index: number) => (index < 0 ? index + list.length : index);
  if (step.isIndex) {
    const index = absolute(step.from ?? 0);
    if (index >= 0 && index < list.length) return [list[index]];
    if (allowsMissing && list.length === 0) return [];
    throw new JsonPathError(`array index out of bounds: index ${step.from ?? 0}, length ${list.length}`);
  }
  const from = Math.max(0, absolute(step.from ?? 0));
  const to = Math.min(list.length, step.to === undefined ? list.length : absolute(step.to));
  return list.slice(from, to).filter((_each, index) => index % Math.max(1, step.by) === 0);
}

function goType(value: unknown): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'int64';
  return typeof value === 'boolean' ? 'bool' : 'map[string]interface {}';
}

function matches(
  step: Extract<Step, { kind: 'filter' }>,
  value: unknown,
  root: unknown,
  options: EvaluateOptions,
): boolean {
  const left = valuesOf(step.left, value, root, options);
  if (step.operator === 'exists') return left.length > 0;
  const [a] = left;
  const [b] = valuesOf(step.right, value, root, options);
  if (a === undefined || b === undefined) return false;
  switch (step.operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

type Comparable = string | number | boolean;

function valuesOf(operand: Operand, value: unknown, root: unknown, options: EvaluateOptions): readonly Comparable[] {
  if (operand.kind === 'value') return [operand.value];
  return walk(operand.steps, [value], root, { ...options, allowsMissing: true }) as readonly Comparable[];
}

/** As a result is printed: texts as they are, all else as JSON. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  return compactJson(value);
}
