import { CompileError } from './syntax.ts';

export type Token =
  | { readonly kind: 'sign' | 'word' | 'field' | 'variable' | 'format' | 'number' | 'end'; readonly text: string }
  /** Pieces of a string, and between them programs. */
  | { readonly kind: 'string'; readonly text: string; readonly parts: readonly (string | readonly Token[])[] };

const TOKEN =
  /(?<blank>[\s]+|#[^\n]*)|(?<field>\.[A-Za-z_]\w*)|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|(?<variable>\$(?:__loc__|[A-Za-z_]\w*(?:::\w+)*))|(?<format>@[A-Za-z0-9_]+)|(?<word>[A-Za-z_]\w*(?:::\w+)*)|(?<sign>\?\/\/=?|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|\.\.|[.[\]{}()|,:;=<>+\-*/%?$])/y;
const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  '/': '/',
};

/** The words of a program. @throws CompileError */
export function lex(text: string): readonly Token[] {
  return new Lexer(text).run(false);
}

class Lexer {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @param isInside up to the parenthesis that closes an interpolation */
  run(isInside: boolean): readonly Token[] {
    const tokens: Token[] = [];
    let depth = 0;
    for (;;) {
      if (this.#at >= this.#text.length) {
        if (isInside) throw new CompileError('syntax error, unexpected end of a string');
        tokens.push({ kind: 'end', text: '' });
        return tokens;
      }
      const next = this.#text[this.#at];
      if (next === '"') {
        tokens.push(this.#string());
        continue;
      }
      if (next === '(') depth += 1;
      if (next === ')') {
        if (isInside && depth === 0) {
          this.#at += 1;
          tokens.push({ kind: 'end', text: ')' });
          return tokens;
        }
        depth -= 1;
      }
      TOKEN.lastIndex = this.#at;
      const match = TOKEN.exec(this.#text);
      if (!match) throw new CompileError('syntax error, unexpected INVALID_CHARACTER');
      this.#at += match[0].length;
      const groups = match.groups ?? {};
      for (const kind of ['field', 'number', 'variable', 'format', 'word', 'sign'] as const)
        if (groups[kind] !== undefined) tokens.push({ kind, text: match[0] });
    }
  }

  #string(): Token {
    const parts: (string | readonly Token[])[] = [];
    let piece = '';
    const start = this.#at;
    this.#at += 1;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) throw new CompileError('syntax error, unexpected QQSTRING_START, expecting $end');
      this.#at += 1;
      if (character === '"') break;
      if (character !== '\\') {
        piece += character;
        continue;
      }
      const letter = this.#text[this.#at] ?? '';
      this.#at += 1;
      if (letter === '(') {
        parts.push(piece, this.run(true));
        piece = '';
      } else if (letter === 'u') {
        piece += String.fromCharCode(Number.parseInt(this.#text.slice(this.#at, this.#at + 4), 16));
        this.#at += 4;
      } else if (ESCAPES[letter] === undefined) throw new CompileError('syntax error, unexpected INVALID_CHARACTER');
      else piece += ESCAPES[letter];
    }
    parts.push(piece);
    return { kind: 'string', text: this.#text.slice(start, this.#at), parts };
  }
}
