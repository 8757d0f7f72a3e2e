import { RegularExpressionError, regularExpression } from '#machine/c-library/regular-expression.ts';

/** A line that a command is for: by its number, the last one, or what it matches. */
export type Address =
  | { readonly kind: 'line'; readonly number: number }
  | { readonly kind: 'last' }
  /** Without an expression: the last one that was used. */
  | { readonly kind: 'match'; readonly expression: RegExp | undefined }
  /** `first~step`; as the end of a range, `+count`. */
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  | { readonly kind: 'count'; readonly count: number };

export interface Substitution {
  readonly expression: RegExp | undefined;
  readonly replacement: readonly ReplacementPart[];
  readonly isGlobal: boolean;
  readonly prints: boolean;
  /** Which match is the first to be replaced. */
  readonly occurrence: number;
}

export type ReplacementPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'group'; readonly number: number }
  /** `\U`, `\L`, `\u`, `\l`, `\E` */
  | { readonly kind: 'case'; readonly letter: string };

export interface Command {
  readonly name: string;
  readonly from?: Address;
  readonly to?: Address;
  readonly isNegated: boolean;
  /** The text of `a`, `i`, `c`; the label of `b`, `t`, `:`; the file of `r`, `w`; the status of `q`. */
  readonly text?: string;
  readonly substitution?: Substitution;
  /** Characters of `y`. */
  readonly map?: ReadonlyMap<string, string>;
  /** Where the block ends that `{` begins: the place behind its `}`. */
  end?: number;
}

/** A script that makes no sense; the message is GNU's. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
}

const KNOWN = '{}=dDgGhHnNpPqQstTbxyaicrw:#l';

/** Reads a script of sed. @throws ScriptError */
export function readSedScript(text: string, isExtended: boolean): readonly Command[] {
  return new Reader(text, isExtended).commands();
}

class Reader {
  readonly #text: string;
  readonly #isExtended: boolean;
  #index = 0;

  constructor(text: string, isExtended: boolean) {
    this.#text = text;
    this.#isExtended = isExtended;
  }

  commands(): readonly Command[] {
    const commands: Command[] = [];
    const open: Command[] = [];
    for (;;) {
      this.#skip(/[\s;]*/y);
      if (this.#index >= this.#text.length) break;
      const command = this.#command();
      if (command === undefined) continue;
      commands.push(command);
      if (command.name === '{') open.push(command);
      if (command.name !== '}') continue;
      const start = open.pop();
      if (!start) this.#fail("unexpected `}'");
      start.end = commands.length;
    }
    if (open.length > 0) throw new ScriptError("-e expression #1, char 0: unmatched `{'");
    return commands;
  }

  #fail(message: string): never {
    throw new ScriptError(`-e expression #1, char ${this.#index}: ${message}`);
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#index;
    const [found = ''] = pattern.exec(this.#text) ?? [];
    this.#index += found.length;
    return found;
  }

  #command(): Command | undefined {
    const from = this.#address();
    let to: Address | undefined;
    if (from && this.#skip(/\s*,\s*/y) !== '') {
      to = this.#address() ?? this.#count();
      if (!to) this.#fail("unexpected `,'");
    }
    this.#skip(/\s*/y);
    const isNegated = this.#skip(/!\s*/y) !== '';
    const name = this.#text[this.#index];
    this.#index += 1;
    if (name === undefined) this.#fail('missing command');
    if (!KNOWN.includes(name)) this.#fail(`unknown command: \`${name}'`);
    if (name === '#') {
      this.#skip(/[^\n]*/y);
      return undefined;
    }
    if (name === 'l') throw new ScriptError('the command l is not simulated here');
    const base = { name, isNegated, ...(from && { from }), ...(to && { to }) };
    if (name === 's') return { ...base, substitution: this.#substitution() };
    if (name === 'y') return { ...base, map: this.#map() };
    if ('aic'.includes(name)) return { ...base, text: this.#lines() };
    if (':btTrw'.includes(name)) {
      const text = this.#skip(
        name === 'r' || name === 'w' ? /[^\n]*/y : name === ':' ? /[^\n;]*/y : /[^\n;}]*/y,
      ).trim();
      if (text === '' && ':rw'.includes(name))
        this.#fail(name === ':' ? '":" lacks a label' : 'missing filename in r/R/w/W commands');
      return { ...base, text };
    }
    if (name === 'q' || name === 'Q') return { ...base, text: this.#skip(/\s*\d*/y).trim() };
    this.#skip(/[ \t]*/y);
    if (name !== '{' && !/^(?:$|[\n;}#])/.test(this.#text.slice(this.#index))) {
      this.#index += 1;
      this.#fail('extra characters after command');
    }
    return base;
  }

  #count(): Address | undefined {
    const text = this.#skip(/\+\d+/y);
    return text === '' ? undefined : { kind: 'count', count: Number(text.slice(1)) };
  }

  #address(): Address | undefined {
    const step = this.#skip(/\d+~\d+/y);
    if (step !== '') {
      const [first = 0, every = 0] = step.split('~').map(Number);
      return { kind: 'step', first, step: every };
    }
    const number = this.#skip(/\d+/y);
    if (number !== '') return { kind: 'line', number: Number(number) };
    if (this.#skip(/\$/y) !== '') return { kind: 'last' };
    const isOther = this.#skip(/\\(?=.)/y) !== '';
    if (!isOther && this.#text[this.#index] !== '/') return undefined;
    const delimiter = this.#text[this.#index] ?? '';
    this.#index += 1;
    const source = this.#until(delimiter, 'unterminated address regex');
    const flags = this.#skip(/[IM]*/y);
    return { kind: 'match', expression: this.#expression(source, flags.includes('I')) };
  }

  /** What stands before the next delimiter; one behind a backslash is plain. */
  #until(delimiter: string, message: string): string {
    let text = '';
    let isInBrackets = false;
    for (; this.#index < this.#text.length; this.#index += 1) {
      const character = this.#text[this.#index] ?? '';
      const next = this.#text[this.#index + 1] ?? '';
      if (character === '\\' && next !== '') {
        text += next === delimiter ? delimiter : `\\${next}`;
        this.#index += 1;
      } else if (character === delimiter && !isInBrackets) {
        this.#index += 1;
        return text;
      } else {
        if (character === '[') isInBrackets = true;
        else if (character === ']' && !/\[\^?$/.test(text)) isInBrackets = false;
        text += character;
      }
    }
    return this.#fail(message);
  }

  #expression(source: string, ignoresCase: boolean): RegExp | undefined {
    if (source === '') return undefined;
    try {
      const { flags, source: translated } = regularExpression(source, { isExtended: this.#isExtended, ignoresCase });
      return new RegExp(translated, flags);
    } catch (error) {
      if (!(error instanceof RegularExpressionError)) throw error;
      return this.#fail(error.message);
    }
  }

  #substitution(): Substitution {
    const delimiter = this.#text[this.#index] ?? '';
    this.#index += 1;
    const source = this.#until(delimiter, "unterminated `s' command");
    const replacement = this.#replacement(delimiter);
    const flags = this.#skip(/[gpiI\d]*/y);
    if (!/^[ \t]*(?:$|[\n;}#])/.test(this.#text.slice(this.#index))) {
      this.#index += 1;
      this.#fail("unknown option to `s'");
    }
    return {
      expression: this.#expression(source, /i/i.test(flags)),
      replacement,
      isGlobal: flags.includes('g'),
      prints: flags.includes('p'),
      occurrence: Number(/\d+/.exec(flags)?.[0] ?? 1),
    };
  }

  #replacement(delimiter: string): readonly ReplacementPart[] {
    const parts: ReplacementPart[] = [];
    for (; this.#index < this.#text.length; this.#index += 1) {
      const character = this.#text[this.#index] ?? '';
      if (character === delimiter) {
        this.#index += 1;
        return parts;
      }
      if (character === '&') parts.push({ kind: 'group', number: 0 });
      else if (character === '\\') {
        this.#index += 1;
        const next = this.#text[this.#index] ?? '';
        if (/\d/.test(next)) parts.push({ kind: 'group', number: Number(next) });
        else if ('ULulE'.includes(next)) parts.push({ kind: 'case', letter: next });
        else
          parts.push({ kind: 'text', text: ({ n: '\n', t: '\t', r: '\r' } as Record<string, string>)[next] ?? next });
      } else parts.push({ kind: 'text', text: character });
    }
    return this.#fail("unterminated `s' command");
  }

  #map(): ReadonlyMap<string, string> {
    const delimiter = this.#text[this.#index] ?? '';
    this.#index += 1;
    const plain = (text: string) => [
      ...text.replace(/\\([n\\])/g, (_, letter: string) => (letter === 'n' ? '\n' : '\\')),
    ];
    const from = plain(this.#until(delimiter, "unterminated `y' command"));
    const to = plain(this.#until(delimiter, "unterminated `y' command"));
    if (from.length !== to.length) this.#fail("strings for `y' command are different lengths");
    return new Map(from.map((character, index) => [character, to[index] ?? '']));
  }

  /** `a text`, or `a\` and lines of which all but the last end in a backslash. */
  #lines(): string {
    this.#skip(/[ \t]*(?:\\[ \t]*\n?)?/y);
    const text = this.#skip(/(?:\\[\s\S]|[^\n\\])*/y);
    if (text === '') this.#fail("expected \\ after `a', `c' or `i'");
    return text.replace(/\\([\s\S])/g, '$1');
  }
}
