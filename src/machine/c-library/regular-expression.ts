import { escapeRegularExpression, readBracket } from './pattern.ts';

/** Why a text is no regular expression, in the words of the GNU C library (regerror). */
export class RegularExpressionError extends Error {
  override readonly name = 'RegularExpressionError';
}

export interface RegularExpressionOptions {
  /** Extended (ERE), or basic (BRE) with GNU's `\|`, `\+` and `\?`. */
  readonly isExtended: boolean;
  readonly ignoresCase?: boolean;
}

/**
 * A regular expression of POSIX (regcomp), as grep, sed, awk and bash have it. Alternatives are tried from the left, where POSIX takes the
 * longest match.
 *
 * @throws RegularExpressionError
 */
export function regularExpression(text: string, { isExtended, ignoresCase = false }: RegularExpressionOptions): RegExp {
  const source = new Translator(text, isExtended).translate();
  try {
    return new RegExp(source, `gsu${ignoresCase ? 'i' : ''}`);
  } catch {
    throw new RegularExpressionError('Invalid preceding regular expression');
  }
}

class Translator {
  readonly #text: string;
  readonly #isExtended: boolean;
  #index = 0;
  #source = '';
  #depth = 0;
  #groups = 0;
  /** Whether something stands before that can be repeated. */
  #hasAtom = false;

  constructor(text: string, isExtended: boolean) {
    this.#text = text;
    this.#isExtended = isExtended;
  }

  translate(): string {
    while (this.#index < this.#text.length) this.#next();
    if (this.#depth > 0) throw new RegularExpressionError('Unmatched ( or \\(');
    return this.#source;
  }

  #next(): void {
    const character = this.#text[this.#index] ?? '';
    if (character === '[') {
      const bracket = readBracket(this.#text, this.#index, false);
      if (!bracket) throw new RegularExpressionError('Unmatched [, [^, [:, [., or [=');
      this.#atom(bracket.source === '[]' ? '(?!)' : bracket.source);
      this.#index = bracket.end;
      return;
    }
    if (character === '\\') {
      this.#escape();
      return;
    }
    this.#index += 1;
    if (character === '.') this.#atom('.');
    else if (character === '*') this.#repeat('*');
    else if (character === '^') this.#start();
    else if (character === '$') this.#end();
    else if (this.#isExtended && '+?(){}|'.includes(character)) this.#operator(character);
    else this.#atom(escapeRegularExpression(character));
  }

  #escape(): void {
    const character = this.#text[this.#index + 1];
    if (character === undefined) throw new RegularExpressionError('Trailing backslash');
    this.#index += 2;
    if (/[1-9]/.test(character)) {
      if (Number(character) > this.#groups) throw new RegularExpressionError('Invalid back reference');
      this.#atom(`\\${character}`);
    } else if ('wWsS'.includes(character)) this.#atom(`\\${character}`);
    else if ('bB'.includes(character)) this.#source += `\\${character}`;
    else if (character === '<') this.#source += '\\b(?=\\w)';
    else if (character === '>') this.#source += '\\b(?<=\\w)';
    else if (character === '`') this.#source += '(?<![\\s\\S])';
    else if (character === "'") this.#source += '(?![\\s\\S])';
    else if (!this.#isExtended && '+?(){}|'.includes(character)) this.#operator(character);
    else if (character === 'n') this.#atom('\\n');
    else this.#atom(escapeRegularExpression(character));
  }

  /** `^` of a basic expression is an anchor where an expression begins, else a character. */
  #start(): void {
    if (this.#isExtended || this.#source === '' || /(?:\(|\|)$/.test(this.#source)) this.#source += '^';
    else this.#atom('\\^');
  }

  #end(): void {
    const rest = this.#text.slice(this.#index);
    if (this.#isExtended || rest === '' || rest.startsWith('\\)') || rest.startsWith('\\|')) this.#source += '$';
    else this.#atom('\\$');
  }

  #operator(character: string): void {
    if (character === '(') {
      this.#source += '(';
      this.#depth += 1;
      this.#groups += 1;
      this.#hasAtom = false;
    } else if (character === ')') {
      if (this.#depth > 0) {
        this.#depth -= 1;
        this.#atom(')');
      } else if (this.#isExtended) this.#atom('\\)');
      else throw new RegularExpressionError('Unmatched ) or \\)');
    } else if (character === '|') {
      this.#source += '|';
      this.#hasAtom = false;
    } else if (character === '{') this.#interval();
    else if (character === '}') this.#atom('\\}');
    else this.#repeat(character);
  }

  #interval(): void {
    const close = this.#isExtended ? '\\}' : '\\\\\\}';
    const match = new RegExp(`^(\\d*)(,?)(\\d*)${close}`).exec(this.#text.slice(this.#index));
    const [whole = '', low = '', comma = '', high = ''] = match ?? [];
    if (!match || (low === '' && comma === '')) {
      // An extended expression takes a brace that is no interval as a character.
      if (!this.#isExtended) throw new RegularExpressionError('Invalid content of \\{\\}');
      this.#atom('\\{');
      return;
    }
    if (high !== '' && Number(high) < Number(low)) throw new RegularExpressionError('Invalid content of \\{\\}');
    this.#index += whole.length;
    this.#repeat(`{${low || '0'}${comma}${high}}`);
  }

  #atom(source: string): void {
    this.#source += source;
    this.#hasAtom = true;
  }

  #repeat(operator: string): void {
    if (!this.#hasAtom) {
      // A star with nothing before it is a character; GNU's extended expressions let other operators pass.
      if (operator === '*' && !this.#isExtended) this.#atom('\\*');
      return;
    }
    // A repetition of a repetition.
    if (/(?:[*+?]|\{[\d,]+\})$/.test(this.#source) && !/\\[*+?]$/.test(this.#source)) {
      const start = this.#startOfAtom();
      this.#source = `${this.#source.slice(0, start)}(?:${this.#source.slice(start)})`;
    }
    this.#source += operator;
  }

  /** Where the last repeated atom begins: close enough for `a**` and `(ab)+*`. */
  #startOfAtom(): number {
    const { length } = this.#source;
    const atom = /(?:\\.|\[(?:\\.|[^\]])*\]|\((?:\\.|[^()])*\)|.)(?:[*+?]|\{[\d,]+\})$/su.exec(this.#source);
    return atom?.index ?? length;
  }
}
