import { splitRecord } from './records.ts';
import { fromOutside, toNumber, toText, type Value } from './values.ts';

/** Elements by their keys. */
export type AwkArray = Map<string, Value>;

/** Something else than a value where one is needed, or the other way round. */
export class AwkError extends Error {
  override readonly name = 'AwkError';
}

/** The record, its fields, and all variables of a program. */
export class AwkState {
  readonly #variables = new Map<string, Value | AwkArray>([
    ['FS', ' '],
    ['OFS', ' '],
    ['ORS', '\n'],
    ['RS', '\n'],
    ['SUBSEP', '\x1c'],
    ['CONVFMT', '%.6g'],
    ['OFMT', '%.6g'],
    ['NR', 0],
    ['FNR', 0],
    ['RSTART', 0],
    ['RLENGTH', -1],
    ['FILENAME', ''],
  ]);
  /** Those of the functions that run; the innermost last. */
  readonly #frames: Map<string, Value | AwkArray>[] = [];
  #record = '';
  #fields: Value[] | undefined = [];

  /** As text, for what is no integer. */
  text(value: Value): string {
    return toText(value, this.textOf('CONVFMT'));
  }

  textOf(name: string): string {
    const value = this.get(name);
    return toText(value, '%.6g');
  }

  #scope(name: string): Map<string, Value | AwkArray> {
    const frame = this.#frames.at(-1);
    return frame?.has(name) ? frame : this.#variables;
  }

  get(name: string): Value {
    if (name === 'NF') return this.#split().length;
    const value = this.#scope(name).get(name);
    if (value instanceof Map) throw new AwkError(`type error: ${name} is an array`);
    return value;
  }

  set(name: string, value: Value): void {
    if (name === 'NF') {
      const fields = this.#split();
      const count = Math.max(0, Math.trunc(toNumber(value)));
      this.#fields = Array.from({ length: count }, (_, index) => fields[index] ?? '');
      this.#join();
    } else this.#scope(name).set(name, value);
  }

  /** What a function is given for an array: the array itself, made when there is none. */
  array(name: string): AwkArray {
    const scope = this.#scope(name);
    const known = scope.get(name);
    if (known instanceof Map) return known;
    if (known !== undefined) throw new AwkError(`type error: ${name} is no array`);
    const made: AwkArray = new Map();
    scope.set(name, made);
    return made;
  }

  /** Undefined when the name stands for a value, or for nothing yet. */
  arrayIfThere(name: string): AwkArray | undefined {
    const known = this.#scope(name).get(name);
    return known instanceof Map ? known : undefined;
  }

  isUnset(name: string): boolean {
    return this.#scope(name).get(name) === undefined;
  }

  enter(frame: ReadonlyMap<string, Value | AwkArray>): void {
    this.#frames.push(new Map(frame));
  }

  leave(): ReadonlyMap<string, Value | AwkArray> | undefined {
    return this.#frames.pop();
  }

  get record(): string {
    return this.#record;
  }

  set record(text: string) {
    this.#record = text;
    this.#fields = undefined;
  }

  field(index: number): Value {
    if (index === 0) return fromOutside(this.#record);
    return this.#split()[index - 1];
  }

  setField(index: number, value: Value): void {
    if (index === 0) {
      this.record = this.text(value);
      return;
    }
    const fields = [...this.#split()];
    while (fields.length < index) fields.push('');
    fields[index - 1] = value;
    this.#fields = fields;
    this.#join();
  }

  #split(): readonly Value[] {
    this.#fields ??= splitRecord(this.#record, this.textOf('FS'), this.textOf('RS') === '').map(fromOutside);
    return this.#fields;
  }

  #join(): void {
    this.#record = (this.#fields ?? []).map((field) => this.text(field)).join(this.textOf('OFS'));
  }
}
