import { lex, type Token } from './lexer.ts';
import { type Ast, CompileError, type Definition, type Pattern } from './syntax.ts';

const IDENTITY: Ast = { kind: 'identity' };

/** A program as a filter. @throws CompileError */
export function parse(text: string): Ast {
  const parser = new Parser(lex(text));
  const program = parser.isAtEnd() ? IDENTITY : parser.pipe();
  parser.mustEnd();
  return program;
}

/** Definitions alone. */
export function parseDefinitions(text: string): readonly Definition[] {
  const parser = new Parser(lex(text));
  const definitions: Definition[] = [];
  while (!parser.isAtEnd()) definitions.push(parser.definition());
  return definitions;
}

/** How tightly operators bind; those of one rank from the left, but for `//` and what assigns. */
const RANKS: Readonly<Record<string, number>> = {
  '//': 2,
  '=': 3,
  '|=': 3,
  '+=': 3,
  '-=': 3,
  '*=': 3,
  '/=': 3,
  '%=': 3,
  '//=': 3,
  or: 4,
  and: 5,
  '==': 6,
  '!=': 6,
  '<': 6,
  '<=': 6,
  '>': 6,
  '>=': 6,
  '+': 7,
  '-': 7,
  '*': 8,
  '/': 8,
  '%': 8,
};
const ASSIGN = 3;
const COMPARE = 6;

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get #next(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  isAtEnd(): boolean {
    return this.#next.kind === 'end';
  }

  mustEnd(): void {
    if (!this.isAtEnd()) throw this.#unexpected(', expecting $end');
  }

  #is(text: string): boolean {
    const { kind, text: own } = this.#next;
    return own === text && (kind === 'sign' || kind === 'word');
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected('');
  }

  #unexpected(expecting: string): CompileError {
    const { kind, text } = this.#next;
    const names: Readonly<Record<string, string>> = {
      end: '$end',
      word: 'IDENT',
      field: 'FIELD',
      number: 'LITERAL',
      string: 'QQSTRING_START',
      format: 'FORMAT',
      variable: "'$'",
    };
    const name = names[kind] ?? `'${text}'`;
    return new CompileError(`syntax error, unexpected ${name}${expecting}`);
  }

  pipe(): Ast {
    if (this.#is('def')) {
      const definition = this.definition();
      return { kind: 'define', definition, body: this.pipe() };
    }
    if (this.#take('label')) {
      const name = this.#variable();
      this.#expect('|');
      return { kind: 'label', name, body: this.pipe() };
    }
    const left = this.#comma();
    if (this.#take('as')) {
      const pattern = this.#pattern();
      this.#expect('|');
      return { kind: 'as', source: left, pattern, body: this.pipe() };
    }
    return this.#take('|') ? { kind: 'pipe', left, right: this.pipe() } : left;
  }

  #comma(): Ast {
    let left = this.#operation(0);
    while (this.#take(',')) left = { kind: 'comma', left, right: this.#operation(0) };
    return left;
  }

  #operation(rank: number): Ast {
    let left = this.#unary();
    for (;;) {
      const { kind, text } = this.#next;
      const own = kind === 'sign' || kind === 'word' ? RANKS[text] : undefined;
      if (own === undefined || own < rank) return left;
      this.#at += 1;
      // `//` goes on to the right; comparisons and what assigns stand alone.
      const right = this.#operation(text === '//' ? own : own + 1);
      left = joined(text, own, left, right);
      if (own === ASSIGN || own === COMPARE) {
        const after = this.#next.kind === 'sign' ? RANKS[this.#next.text] : undefined;
        if (after === own) throw this.#unexpected('');
      }
    }
  }

  #unary(): Ast {
    if (this.#take('-')) return { kind: 'negate', body: this.#postfix() };
    return this.#postfix();
  }

  #postfix(): Ast {
    let term = this.#term();
    for (;;) {
      const { kind, text } = this.#next;
      if (kind === 'field') {
        this.#at += 1;
        term = { kind: 'index', of: term, key: { kind: 'literal', value: text.slice(1) } };
      } else if (this.#take('?')) term = { kind: 'try', body: term, handler: undefined };
      else if (this.#is('[')) term = this.#suffix(term);
      else if (this.#is('.')) {
        const after = this.#tokens[this.#at + 1];
        if (after?.kind === 'string') {
          this.#at += 1;
          term = { kind: 'index', of: term, key: this.#text(undefined) };
        } else if (after?.text === '[') {
          this.#at += 1;
          term = this.#suffix(term);
        } else return term;
      } else return term;
    }
  }

  /** Behind a bracket. */
  #suffix(of: Ast): Ast {
    this.#expect('[');
    if (this.#take(']')) return { kind: 'each', of };
    if (this.#take(':')) {
      const to = this.pipe();
      this.#expect(']');
      return { kind: 'slice', of, from: undefined, to };
    }
    const key = this.pipe();
    if (this.#take(':')) {
      const to = this.#is(']') ? undefined : this.pipe();
      this.#expect(']');
      return { kind: 'slice', of, from: key, to };
    }
    this.#expect(']');
    return { kind: 'index', of, key };
  }

  #term(): Ast {
    const token = this.#next;
    switch (token.kind) {
      case 'number':
        this.#at += 1;
        return { kind: 'literal', value: Number(token.text) };
      case 'string':
        return this.#text(undefined);
      case 'format':
        this.#at += 1;
        return this.#next.kind === 'string'
          ? this.#text(token.text.slice(1))
          : { kind: 'format', name: token.text.slice(1) };
      case 'field':
        this.#at += 1;
        return { kind: 'index', of: IDENTITY, key: { kind: 'literal', value: token.text.slice(1) } };
      case 'variable':
        this.#at += 1;
        return { kind: 'variable', name: token.text.slice(1) };
      case 'word':
        return this.#word(token.text);
      default:
        return this.#signed();
    }
  }

  #signed(): Ast {
    if (this.#take('..')) return { kind: 'recurse' };
    if (this.#take('.')) {
      if (this.#next.kind === 'string') return { kind: 'index', of: IDENTITY, key: this.#text(undefined) };
      return this.#is('[') ? this.#suffix(IDENTITY) : IDENTITY;
    }
    if (this.#take('(')) {
      const body = this.pipe();
      this.#expect(')');
      return body;
    }
    if (this.#take('[')) {
      if (this.#take(']')) return { kind: 'array', body: undefined };
      const body = this.pipe();
      this.#expect(']');
      return { kind: 'array', body };
    }
    if (this.#take('{')) return this.#object();
    throw this.#unexpected('');
  }

  #word(word: string): Ast {
    switch (word) {
      case 'if':
        this.#at += 1;
        return this.#condition();
      case 'try': {
        this.#at += 1;
        const body = this.#postfix();
        return { kind: 'try', body, handler: this.#take('catch') ? this.#postfix() : undefined };
      }
      case 'reduce':
      case 'foreach':
        this.#at += 1;
        return this.#loop(word);
      case 'def': {
        const definition = this.definition();
        return { kind: 'define', definition, body: this.pipe() };
      }
      case 'break':
        this.#at += 1;
        return { kind: 'break', name: this.#variable() };
      case 'null':
      case 'true':
      case 'false':
        this.#at += 1;
        return { kind: 'literal', value: word === 'null' ? null : word === 'true' };
      case 'then':
      case 'else':
      case 'elif':
      case 'end':
      case 'as':
      case 'and':
      case 'or':
      case 'catch':
        throw new CompileError(`syntax error, unexpected ${word}`);
      default:
        this.#at += 1;
        return { kind: 'call', name: word, arguments: this.#arguments() };
    }
  }

  #arguments(): readonly Ast[] {
    if (!this.#take('(')) return [];
    const found = [this.pipe()];
    while (this.#take(';')) found.push(this.pipe());
    this.#expect(')');
    return found;
  }

  #condition(): Ast {
    const condition = this.pipe();
    this.#expect('then');
    const then = this.pipe();
    if (this.#take('elif')) return { kind: 'if', condition, then, otherwise: this.#condition() };
    const otherwise = this.#take('else') ? this.pipe() : undefined;
    this.#expect('end');
    return { kind: 'if', condition, then, otherwise };
  }

  #loop(kind: 'reduce' | 'foreach'): Ast {
    const source = this.#postfix();
    this.#expect('as');
    const pattern = this.#pattern();
    this.#expect('(');
    const start = this.pipe();
    this.#expect(';');
    const update = this.pipe();
    if (kind === 'reduce') {
      this.#expect(')');
      return { kind, source, pattern, start, update };
    }
    const extract = this.#take(';') ? this.pipe() : undefined;
    this.#expect(')');
    return { kind, source, pattern, start, update, extract };
  }

  definition(): Definition {
    this.#expect('def');
    const name = this.#next.text;
    if (this.#next.kind !== 'word') throw this.#unexpected('');
    this.#at += 1;
    const parameters: string[] = [];
    if (this.#take('(')) {
      do {
        parameters.push(this.#next.text);
        this.#at += 1;
      } while (this.#take(';'));
      this.#expect(')');
    }
    this.#expect(':');
    const body = this.pipe();
    this.#expect(';');
    return { name, parameters, body };
  }

  #isVariable(): boolean {
    return this.#next.kind === 'variable';
  }

  #variable(): string {
    const { kind, text } = this.#next;
    if (kind !== 'variable') throw this.#unexpected('');
    this.#at += 1;
    return text.slice(1);
  }

  #pattern(): Pattern {
    if (this.#next.kind === 'variable') return { kind: 'variable', name: this.#variable() };
    if (this.#take('[')) {
      const items = [this.#pattern()];
      while (this.#take(',')) items.push(this.#pattern());
      this.#expect(']');
      return { kind: 'array', items };
    }
    this.#expect('{');
    const entries: { key: Ast; variable?: string; pattern?: Pattern }[] = [];
    do {
      const variable = this.#isVariable() ? this.#variable() : undefined;
      const key: Ast = variable === undefined ? this.#key() : { kind: 'literal', value: variable };
      const pattern = this.#take(':') ? this.#pattern() : undefined;
      entries.push({ key, ...(variable !== undefined && { variable }), ...(pattern && { pattern }) });
    } while (this.#take(','));
    this.#expect('}');
    return { kind: 'object', entries };
  }

  #key(): Ast {
    const { kind, text } = this.#next;
    if (kind === 'word' || kind === 'number') {
      this.#at += 1;
      return { kind: 'literal', value: text };
    }
    if (kind === 'string') return this.#text(undefined);
    if (kind === 'format') {
      this.#at += 1;
      return this.#text(text.slice(1));
    }
    this.#expect('(');
    const key = this.pipe();
    this.#expect(')');
    return key;
  }

  #object(): Ast {
    const entries: { key: Ast; value: Ast }[] = [];
    while (!this.#take('}')) {
      if (entries.length > 0) this.#expect(',');
      if (this.#isVariable()) {
        const name = this.#variable();
        entries.push({ key: { kind: 'literal', value: name }, value: { kind: 'variable', name } });
        continue;
      }
      const key = this.#key();
      entries.push({ key, value: this.#take(':') ? this.#objectValue() : { kind: 'index', of: IDENTITY, key } });
    }
    return { kind: 'object', entries };
  }

  /** Without commas; pipes may stand between terms. */
  #objectValue(): Ast {
    const left = this.#operation(0);
    return this.#take('|') ? { kind: 'pipe', left, right: this.#objectValue() } : left;
  }

  #text(format: string | undefined): Ast {
    const token = this.#next;
    if (token.kind !== 'string') throw this.#unexpected('');
    this.#at += 1;
    const parts = token.parts.map((part) => {
      if (typeof part === 'string') return part;
      const inner = new Parser(part);
      const program = inner.pipe();
      inner.mustEnd();
      return program;
    });
    const [only = ''] = parts;
    return parts.length === 1 && typeof only === 'string'
      ? { kind: 'literal', value: only }
      : { kind: 'text', format, parts };
  }
}

function joined(operator: string, rank: number, left: Ast, right: Ast): Ast {
  if (operator === '//') return { kind: 'alternative', left, right };
  if (operator === 'and' || operator === 'or') return { kind: operator, left, right };
  return { kind: rank === ASSIGN ? 'assign' : 'binary', operator, left, right };
}
