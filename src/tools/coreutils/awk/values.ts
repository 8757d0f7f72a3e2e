import { formatPrintf } from '#machine/c-library/printf.ts';

/** A text that came from outside and looks like a number: it is compared as one. */
export interface NumericText {
  readonly text: string;
  readonly number: number;
}

/** Undefined: never assigned, both empty and zero. */
export type Value = number | string | NumericText | undefined;

const NUMBER = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/;

/** What comes from outside: fields, `getline`, command lines. */
export function fromOutside(text: string): Value {
  const [found = ''] = NUMBER.exec(text) ?? [];
  return found !== '' && text.slice(found.length).trim() === '' ? { text, number: Number(found) } : text;
}

export function toNumber(value: Value): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return value.number;
  return Number(NUMBER.exec(value)?.[0] ?? 0);
}

/** @param format OFMT or CONVFMT, for what is no integer */
export function toText(value: Value, format: string): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') return value.text;
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  return formatPrintf(format, [String(value)], { repeats: false, complain: () => undefined });
}

export function isTrue(value: Value): boolean {
  if (value === undefined) return false;
  if (typeof value === 'string') return value !== '';
  return toNumber(value) !== 0;
}

/** As numbers when both are or look it, else as texts. @returns negative, zero or positive */
export function compareValues(left: Value, right: Value, format: string): number {
  const isNumber = (value: Value) => typeof value !== 'string';
  if (isNumber(left) && isNumber(right)) return toNumber(left) - toNumber(right);
  const [one, other] = [toText(left, format), toText(right, format)];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** printf, with each argument made what its directive asks for. */
export function formatValues(format: string, values: readonly Value[], conversion: string): string {
  let index = 0;
  const args: string[] = [];
  for (const [, stars = '', , letter = ''] of format.matchAll(/%([-+ #0]*(\*|\d+)?(?:\.(?:\*|\d+)?)?)([a-zA-Z%])/g)) {
    if (letter === '%') continue;
    for (const _ of stars.matchAll(/\*/g)) args.push(String(Math.trunc(toNumber(values[index++]))));
    args.push(argumentText(letter, values[index++], conversion));
  }
  return formatPrintf(format.replaceAll('\\', '\\\\'), args, { repeats: false, complain: () => undefined });
}

function argumentText(letter: string, value: Value, conversion: string): string {
  if (letter === 's') return toText(value, conversion);
  const number = toNumber(value);
  if (letter === 'c')
    return typeof value === 'number'
      ? String.fromCodePoint(Math.max(0, Math.trunc(number)))
      : toText(value, conversion);
  if ('diouxX'.includes(letter)) return Number.isFinite(number) ? String(BigInt(Math.trunc(number))) : '0';
  return String(number);
}
