/** A template of client-go's util/jsonpath: texts, and expressions in braces. */
export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly steps: readonly Step[] }
  | { readonly kind: 'range'; readonly steps: readonly Step[]; readonly body: readonly TemplateNode[] };

export type Step =
  | { readonly kind: 'root' }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | {
      readonly kind: 'slice';
      readonly from: number | undefined;
      readonly to: number | undefined;
      readonly by: number;
      readonly isIndex: boolean;
    }
  | { readonly kind: 'filter'; readonly left: Operand; readonly operator: Operator; readonly right: Operand }
  | { readonly kind: 'union'; readonly members: readonly (readonly Step[])[] }
  | { readonly kind: 'literal'; readonly text: string };

export type Operand =
  | { readonly kind: 'path'; readonly steps: readonly Step[] }
  | { readonly kind: 'value'; readonly value: string | number | boolean };
export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'exists';

/** A template that is none; the words are the library's. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
}

/** @throws JsonPathError */
export function parseTemplate(text: string): readonly TemplateNode[] {
  const stack: { readonly steps: readonly Step[]; readonly nodes: TemplateNode[] }[] = [{ steps: [], nodes: [] }];
  const top = () => stack.at(-1)?.nodes ?? [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    if (open < 0) {
      top().push({ kind: 'text', text: text.slice(at) });
      break;
    }
    if (open > at) top().push({ kind: 'text', text: text.slice(at, open) });
    const close = closingBrace(text, open);
    const inside = text.slice(open + 1, close).trim();
    at = close + 1;
    if (/^range(?:\s|$)/.test(inside)) stack.push({ steps: parsePath(inside.slice(5).trim()), nodes: [] });
    else if (inside === 'end') {
      const done = stack.length > 1 ? stack.pop() : undefined;
      if (!done) throw new JsonPathError('not in range, nothing to end');
      top().push({ kind: 'range', steps: done.steps, body: done.nodes });
    } else if (/^["']/.test(inside) && isOneString(inside)) top().push({ kind: 'text', text: unquoted(inside) });
    else top().push({ kind: 'path', steps: parsePath(inside) });
  }
  if (stack.length > 1) throw new JsonPathError('unclosed range');
  return top();
}

function closingBrace(text: string, open: number): number {
  let quote = '';
  for (let at = open + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '}') return at;
  }
  throw new JsonPathError(quote === '' ? 'unclosed action' : 'unterminated quoted string');
}

function isOneString(text: string): boolean {
  const quote = text.charAt(0);
  for (let at = 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === quote) return at === text.length - 1;
  }
  return false;
}

function unquoted(text: string): string {
  return text.slice(1, -1).replaceAll(/\\([nrtbfav\\"'/])/g, (_all, letter: string) => ESCAPES[letter] ?? letter);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', a: '\u0007', v: '\v' };

/** The steps of `.items[*].metadata.name`. @throws JsonPathError */
export function parsePath(text: string): readonly Step[] {
  const steps: Step[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '$' || character === '@') {
      steps.push({ kind: 'root' });
      at += 1;
    } else if (text.startsWith('..', at)) {
      steps.push({ kind: 'recursive' });
      at += text.charAt(at + 2) === '[' || text.charAt(at + 2) === '*' ? 2 : 1;
      if (text.charAt(at) === '*') {
        steps.push({ kind: 'wildcard' });
        at += 1;
      }
    } else if (character === '.') {
      at += 1;
      const field = /^(?:\\.|[^.[\]{}\s'"])*/.exec(text.slice(at))?.[0] ?? '';
      at += field.length;
      if (field === '*') steps.push({ kind: 'wildcard' });
      else if (field !== '') steps.push({ kind: 'field', name: field.replaceAll(/\\(.)/g, '$1') });
    } else if (character === '[') {
      const close = closingBracket(text, at);
      steps.push(bracket(text.slice(at + 1, close)));
      at = close + 1;
    } else if (character === '"' || character === "'") {
      steps.push({ kind: 'literal', text: unquoted(text.slice(at)) });
      break;
    } else if (/\s/.test(character)) at += 1;
    else {
      const word = /^[\w-]+/.exec(text.slice(at))?.[0];
      if (word === undefined)
        throw new JsonPathError(
          `unrecognized character in action: U+${(text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')} '${character}'`,
        );

      throw new JsonPathError(`unrecognized identifier ${word}`);
    }
  }
  return steps;
}

function closingBracket(text: string, open: number): number {
  let depth = 0;
  let quote = '';
  for (let at = open; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '[') depth += 1;
    else if (character === ']') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  throw new JsonPathError('unterminated array');
}

function bracket(inside: string): Step {
  const text = inside.trim();
  if (text === '*') return { kind: 'wildcard' };
  const filter = /^\?\((?<expression>.*)\)$/s.exec(text)?.groups?.['expression'];
  if (filter !== undefined) return parseFilter(filter);
  const members = splitOutside(text, ',');
  if (members.length > 1) return { kind: 'union', members: members.map((member) => [bracket(member)]) };
  if (/^["']/.test(text)) return { kind: 'field', name: unquoted(text) };
  const index = /^-?\d+$/.exec(text)?.[0];
  if (index !== undefined) return { kind: 'slice', from: Number(index), to: undefined, by: 1, isIndex: true };
  const { from, to, by } = /^(?<from>-?\d*):(?<to>-?\d*)(?::(?<by>-?\d*))?$/.exec(text)?.groups ?? {};
  if (from === undefined) throw new JsonPathError(`invalid array index ${text}`);
  const number = (part: string | undefined) => (part === undefined || part === '' ? undefined : Number(part));
  return { kind: 'slice', from: number(from), to: number(to), by: number(by) ?? 1, isIndex: false };
}

function parseFilter(expression: string): Step {
  const match = /^(?<left>.*?)\s*(?<operator>==|!=|<=|>=|<|>)\s*(?<right>.*)$/s.exec(expression.trim())?.groups;
  if (!match)
    return {
      kind: 'filter',
      left: operand(expression.trim()),
      operator: 'exists',
      right: { kind: 'value', value: true },
    };
  return {
    kind: 'filter',
    left: operand(match['left'] ?? ''),
    operator: match['operator'] as Operator,
    right: operand(match['right'] ?? ''),
  };
}

function operand(text: string): Operand {
  if (/^["']/.test(text)) return { kind: 'value', value: unquoted(text) };
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return { kind: 'value', value: Number(text) };
  if (text === 'true' || text === 'false') return { kind: 'value', value: text === 'true' };
  return { kind: 'path', steps: parsePath(text) };
}

function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [''];
  let quote = '';
  for (const character of text) {
    if (quote !== '' && character === quote) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
    if (character === separator && quote === '') parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}
