import type { Routine } from '#kernel/coroutine.ts';
import { regularExpression } from '#machine/c-library/regular-expression.ts';
import type { Input } from '../input.ts';

/** Records of an input, each as soon as it is there. */
export class Records {
  readonly #input: Input;
  #text = '';
  #isEnded = false;

  constructor(input: Input) {
    this.#input = input;
  }

  /** @param separator RS: a character, an expression, or nothing for paragraphs */
  *next(separator: string): Routine<string | undefined> {
    for (;;) {
      const found = this.#take(separator);
      if (found !== undefined) return found;
      if (this.#isEnded) {
        const last = separator === '' ? this.#text.replace(/^\n+|\n+$/g, '') : this.#text.replace(/\n$/, '');
        this.#text = '';
        return last === '' ? undefined : last;
      }
      const more = yield* this.#input.read();
      if (more === undefined) this.#isEnded = true;
      else this.#text += more;
    }
  }

  #take(separator: string): string | undefined {
    if (separator === '') this.#text = this.#text.replace(/^\n+/, '');
    const [index, length] = this.#find(separator);
    // An expression might match more with what is still to come.
    if (index < 0 || (separator.length !== 1 && !this.#isEnded && index + length === this.#text.length))
      return undefined;
    const record = this.#text.slice(0, index);
    this.#text = this.#text.slice(index + length);
    return record;
  }

  #find(separator: string): readonly [index: number, length: number] {
    if (separator.length === 1) return [this.#text.indexOf(separator), 1];
    const expression = separator === '' ? /\n\n+/g : regularExpression(separator, { isExtended: true });
    const match = expression.exec(this.#text);
    return match ? [match.index, match[0].length] : [-1, 0];
  }
}

/** The fields of a record. @param separator FS */
export function splitRecord(record: string, separator: string, isParagraph = false): readonly string[] {
  if (record === '') return [];
  if (separator === ' ') return record.split(/[ \t\n]+/).filter((field) => field !== '');
  if (separator === '') return [...record];
  const expression =
    separator.length === 1 && separator !== '|' && separator !== '.'
      ? regularExpression(`[${separator === '\\' ? '\\\\' : separator}]`, { isExtended: true })
      : separator.length === 1
        ? undefined
        : regularExpression(separator, { isExtended: true });
  const fields = expression ? splitBy(record, expression) : record.split(separator);
  return isParagraph ? fields.flatMap((field) => field.split('\n')) : fields;
}

/** As split, but what groups of the expression matched is left out. */
function splitBy(text: string, expression: RegExp): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (const match of text.matchAll(expression)) {
    if (match[0] === '') continue;
    parts.push(text.slice(start, match.index));
    start = match.index + match[0].length;
  }
  return [...parts, text.slice(start)];
}
