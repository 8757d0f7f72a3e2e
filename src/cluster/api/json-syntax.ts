import { quote } from './json.ts';

/**
 * What Go's encoding/json says of a text that is no JSON; undefined for one that is. JavaScript's own words differ between engines.
 */
export function jsonSyntaxError(text: string): string | undefined {
  return new Scanner(text).scan();
}

class Malformed extends Error {}

const LITERALS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };
const ESCAPES = 'bfnrt\\/"';

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): string | undefined {
    try {
      this.#value();
      this.#space();
      if (this.#at < this.#text.length) this.#fail('after top-level value');
      return undefined;
    } catch (error) {
      if (error instanceof Malformed) return error.message;
      throw error;
    }
  }

  /** With a stack of its own: bodies may be nested deeper than a call stack is. */
  #value(): void {
    const open: ('object' | 'array')[] = [];
    for (;;) {
      this.#space();
      const next = this.#peek();
      if (next === '{' || next === '[') {
        this.#at += 1;
        this.#space();
        if (this.#peek() === (next === '{' ? '}' : ']')) this.#at += 1;
        else {
          open.push(next === '{' ? 'object' : 'array');
          if (next === '{') this.#key();
          continue;
        }
      } else this.#scalar();
      if (!this.#afterValue(open)) return;
    }
  }

  /** Returns whether another value follows. */
  #afterValue(open: ('object' | 'array')[]): boolean {
    for (;;) {
      const inside = open.at(-1);
      if (inside === undefined) return false;
      this.#space();
      const next = this.#peek();
      if (next === ',') {
        this.#at += 1;
        this.#space();
        if (inside === 'object') this.#key();
        return true;
      }
      if (next !== (inside === 'object' ? '}' : ']'))
        this.#fail(inside === 'object' ? 'after object key:value pair' : 'after array element');
      this.#at += 1;
      open.pop();
    }
  }

  #key(): void {
    if (this.#peek() !== '"') this.#fail('looking for beginning of object key string');
    this.#string();
    this.#space();
    if (this.#peek() !== ':') this.#fail('after object key');
    this.#at += 1;
  }

  #scalar(): void {
    const next = this.#peek();
    const literal = LITERALS[next];
    if (next === '"') this.#string();
    else if (literal !== undefined) this.#literal(literal);
    else if (next === '-' || isDigit(next)) this.#number();
    else this.#fail('looking for beginning of value');
  }

  #literal(word: string): void {
    for (const [index, letter] of [...word].entries()) {
      if (this.#text[this.#at] !== letter) {
        if (index === 0) this.#peek();
        this.#fail(`in literal ${word} (expecting '${letter}')`);
      }
      this.#at += 1;
    }
  }

  #string(): void {
    this.#at += 1;
    for (let next = this.#peek(); next !== '"'; next = this.#peek()) {
      if (next < ' ') this.#fail('in string literal');
      this.#at += 1;
      if (next === '\\') this.#escape();
    }
    this.#at += 1;
  }

  #escape(): void {
    const next = this.#peek();
    if (next !== 'u' && !ESCAPES.includes(next)) this.#fail('in string escape code');
    this.#at += 1;
    for (let digits = 0; next === 'u' && digits < 4; digits += 1) {
      if (!/[0-9a-fA-F]/.test(this.#peek())) this.#fail('in \\u hexadecimal character escape');
      this.#at += 1;
    }
  }

  #number(): void {
    if (this.#peek() === '-') this.#at += 1;
    if (this.#text[this.#at] === '0') this.#at += 1;
    else this.#digits('in numeric literal');
    if (this.#text[this.#at] === '.') {
      this.#at += 1;
      this.#digits('after decimal point in numeric literal');
    }
    if (/[eE]/.test(this.#text[this.#at] ?? '')) {
      this.#at += 1;
      if (/[+-]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
      this.#digits('in exponent of numeric literal');
    }
  }

  #digits(where: string): void {
    if (!isDigit(this.#text[this.#at] ?? '')) this.#fail(where);
    while (isDigit(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #space(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1;
  }

  #peek(): string {
    const next = this.#text[this.#at];
    if (next === undefined) throw new Malformed('unexpected end of JSON input');
    return next;
  }

  #fail(where: string): never {
    throw new Malformed(`invalid character ${quoted(this.#peek())} ${where}`);
  }
}

function isDigit(letter: string): boolean {
  return letter >= '0' && letter <= '9' && letter.length === 1;
}

/** A character as Go writes it in such a message. */
function quoted(letter: string): string {
  if (letter === "'") return `'\\''`;
  if (letter === '"') return `'"'`;
  return `'${quote(letter).slice(1, -1)}'`;
}
