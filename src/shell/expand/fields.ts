/** A stretch of a word after expansions. What is quoted is no pattern. */
interface Stretch {
  readonly text: string;
  readonly isQuoted: boolean;
}

export type Field = readonly Stretch[];

/** The words that one word becomes. */
export class FieldBuilder {
  readonly #separators: string;
  readonly #fields: Field[] = [];
  #current: Stretch[] | undefined;

  /** @param separators IFS */
  constructor(separators: string) {
    this.#separators = separators;
  }

  add(text: string, isQuoted: boolean): void {
    this.#current ??= [];
    this.#current.push({ text, isQuoted });
  }

  /** Ends the word that is being built, when there is one. */
  break(): void {
    if (this.#current) this.#fields.push(this.#current);
    this.#current = undefined;
  }

  /** The result of an expansion outside of quotes: it is split. */
  addSplit(text: string): void {
    const isBlank = (character: string) => this.#separators.includes(character) && /[ \t\n]/.test(character);
    const isSeparator = (character: string) => this.#separators.includes(character);
    let index = 0;
    while (index < text.length) {
      const character = text[index] ?? '';
      if (!isSeparator(character)) {
        let end = index;
        while (end < text.length && !isSeparator(text[end] ?? '')) end += 1;
        this.add(text.slice(index, end), false);
        index = end;
        continue;
      }
      while (index < text.length && isBlank(text[index] ?? '')) index += 1;
      const other = text[index] ?? '';
      if (index < text.length && isSeparator(other)) {
        // A separator that is no blank ends a field even when it is empty.
        this.#current ??= [];
        this.break();
        index += 1;
        while (index < text.length && isBlank(text[index] ?? '')) index += 1;
      } else this.break();
    }
  }

  finish(): readonly Field[] {
    this.break();
    return this.#fields;
  }
}

export function fieldText(field: Field): string {
  return field.map(({ text }) => text).join('');
}
