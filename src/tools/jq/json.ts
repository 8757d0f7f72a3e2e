/** A JSON value; objects keep the order of their keys. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

export function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json): value is JsonObject {
  return value instanceof Map;
}

export function typeOf(value: Json): 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object' {
  if (value === null) return 'null';
  if (isArray(value)) return 'array';
  if (isObject(value)) return 'object';
  return typeof value as 'boolean' | 'number' | 'string';
}

/** Text that is no JSON, in jq's words without the place. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  /** Where in the text. */
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const LITERALS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['null', null],
  ['true', true],
  ['false', false],
  ['nan', null],
]);
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

/** Reads one value after the other. */
export class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get at(): number {
    return this.#at;
  }

  /** Undefined at the end. @throws JsonError */
  next(): Json | undefined {
    this.#blanks();
    if (this.#at >= this.#text.length) return undefined;
    return this.#value();
  }

  #blanks(): void {
    while (' \n\r\t\ufeff'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1;
  }

  #value(): Json {
    this.#blanks();
    const character = this.#text[this.#at];
    if (character === undefined) throw this.#unfinished();
    if (character === '{') return this.#object();
    if (character === '[') return this.#array();
    if (character === '"') return this.#string();
    const word = /^[^\s[\]{}:,"]+/.exec(this.#text.slice(this.#at, this.#at + 400))?.[0] ?? '';
    if (word === '') throw new JsonError(`Expected value before ${JSON.stringify(character)}`, this.#at + 1);
    this.#at += word.length;
    const literal = LITERALS.get(word);
    if (literal !== undefined) return literal;
    if (!/^-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(word))
      throw new JsonError('Invalid numeric literal', this.#at + 1);
    return clamp(Number(word));
  }

  #object(): JsonObject {
    const object = new Map<string, Json>();
    this.#at += 1;
    for (let isFirst = true; ; isFirst = false) {
      this.#blanks();
      const character = this.#text[this.#at];
      if (character === undefined) throw this.#unfinished();
      if (character === '}' && isFirst) break;
      if (character !== '"') {
        this.#value();
        throw new JsonError('Object keys must be strings', this.#at + 1);
      }
      const key = this.#string();
      this.#expect(':', 'Objects must consist of key:value pairs');
      object.set(key, this.#value());
      if (!this.#goesOn('}')) break;
    }
    this.#at += 1;
    return object;
  }

  #array(): readonly Json[] {
    const array: Json[] = [];
    this.#at += 1;
    this.#blanks();
    if (this.#text[this.#at] === ']') {
      this.#at += 1;
      return array;
    }
    do array.push(this.#value());
    while (this.#goesOn(']'));
    this.#at += 1;
    return array;
  }

  /** Whether a comma follows. */
  #goesOn(end: string): boolean {
    this.#blanks();
    const character = this.#text[this.#at];
    if (character === undefined) throw this.#unfinished();
    if (character === end) return false;
    if (character !== ',') throw new JsonError('Expected separator between values', this.#at + 1);
    this.#at += 1;
    return true;
  }

  #expect(sign: string, message: string): void {
    this.#blanks();
    if (this.#text[this.#at] === undefined) throw this.#unfinished();
    if (this.#text[this.#at] !== sign) throw new JsonError(message, this.#at + 1);
    this.#at += 1;
  }

  #string(): string {
    let value = '';
    for (let at = this.#at + 1; ; at += 1) {
      const character = this.#text[at];
      if (character === undefined) throw this.#unfinished();
      if (character === '"') {
        this.#at = at + 1;
        return value;
      }
      if (character !== '\\') {
        value += character;
        continue;
      }
      at += 1;
      const letter = this.#text[at] ?? '';
      if (letter === 'u') {
        value += String.fromCharCode(Number.parseInt(this.#text.slice(at + 1, at + 5), 16));
        at += 4;
      } else if (ESCAPES[letter] === undefined) throw new JsonError('Invalid escape', at + 1);
      else value += ESCAPES[letter];
    }
  }

  #unfinished(): JsonError {
    return new JsonError('Unfinished JSON term', this.#text.length);
  }
}

/** What is too large is the largest number, as jq writes it. */
function clamp(number: number): number {
  if (number === Number.POSITIVE_INFINITY) return Number.MAX_VALUE;
  return number === Number.NEGATIVE_INFINITY ? -Number.MAX_VALUE : number;
}

export interface WriteOptions {
  /** What each level begins with; undefined: all in a line. */
  readonly indent?: string | undefined;
  readonly sorts?: boolean;
  readonly ascii?: boolean;
}

export function writeJson(value: Json, options: WriteOptions = {}, level = ''): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quoted(value, options.ascii ?? false);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return String(value);
  const { indent } = options;
  const inner = level + (indent ?? '');
  const parts = isArray(value)
    ? value.map((each) => writeJson(each, options, inner))
    : entriesOf(value, options.sorts ?? false).map(
        ([key, each]) =>
          `${quoted(key, options.ascii ?? false)}:${indent === undefined ? '' : ' '}${writeJson(each, options, inner)}`,
      );
  const [open, close] = isArray(value) ? '[]' : '{}';
  if (parts.length === 0) return `${open}${close}`;
  if (indent === undefined) return `${open}${parts.join(',')}${close}`;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${level}${close}`;
}

function entriesOf(object: JsonObject, sorts: boolean): readonly (readonly [string, Json])[] {
  const entries = [...object];
  return sorts ? entries.sort(([a], [b]) => (a < b ? -1 : 1)) : entries;
}

function numberText(number: number): string {
  if (Number.isNaN(number)) return 'null';
  const text = String(clamp(number));
  return text.replace(/e([-+])(\d)$/, 'e$10$2');
}

function quoted(text: string, ascii: boolean): string {
  const plain = JSON.stringify(text).replaceAll('\u007f', '\\u007f');
  if (!ascii) return plain;
  return [...plain]
    .map((each) =>
      each.charCodeAt(0) < 0x80
        ? each
        : Array.from(
            { length: each.length },
            (_, index) => `\\u${each.charCodeAt(index).toString(16).padStart(4, '0')}`,
          ).join(''),
    )
    .join('');
}
