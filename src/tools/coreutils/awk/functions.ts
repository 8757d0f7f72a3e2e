import type { Kernel } from '#kernel/kernel.ts';
import { regularExpression } from '#machine/c-library/regular-expression.ts';
import { formatTime } from '#machine/c-library/strftime.ts';
import { splitRecord } from './records.ts';
import type { AwkState } from './state.ts';
import { formatValues, fromOutside, toNumber, type Value } from './values.ts';

/** Functions of awk that neither wait nor assign to what they are given. */
export const FUNCTIONS: Readonly<Record<string, (args: readonly Value[], state: AwkState, kernel: Kernel) => Value>> = {
  length: ([text], state) => [...state.text(text)].length,
  index: ([text, part], state) => state.text(text).indexOf(state.text(part)) + 1,
  substr: ([text, start, length], state) => {
    const whole = [...state.text(text)];
    const from = Math.round(toNumber(start));
    const to = length === undefined ? whole.length + 1 : from + Math.round(toNumber(length));
    return whole.slice(Math.max(1, from) - 1, Math.max(0, to - 1)).join('');
  },
  match: ([text, expression], state) => {
    const found = expressionOf(state.text(expression)).exec(state.text(text));
    const start = found ? [...state.text(text).slice(0, found.index)].length + 1 : 0;
    state.set('RSTART', start);
    state.set('RLENGTH', found ? [...found[0]].length : -1);
    return start;
  },
  sprintf: ([format, ...values], state) => formatValues(state.text(format), values, state.textOf('CONVFMT')),
  tolower: ([text], state) => state.text(text).toLowerCase(),
  toupper: ([text], state) => state.text(text).toUpperCase(),
  int: ([number]) => Math.trunc(toNumber(number)),
  sqrt: ([number]) => Math.sqrt(toNumber(number)),
  exp: ([number]) => Math.exp(toNumber(number)),
  log: ([number]) => Math.log(toNumber(number)),
  sin: ([number]) => Math.sin(toNumber(number)),
  cos: ([number]) => Math.cos(toNumber(number)),
  atan2: ([y, x]) => Math.atan2(toNumber(y), toNumber(x)),
  rand: (_, __, { random }) => random.float(),
  srand: () => 0,
  systime: (_, __, { now }) => Math.floor(now / 1000),
  strftime: ([format, time], state, { now }) =>
    formatTime(format === undefined ? '%c' : state.text(format), time === undefined ? now : toNumber(time) * 1000),
  fflush: () => 0,
};

/** Those beside that are carried out elsewhere. */
const OTHERS = ['split', 'sub', 'gsub', 'system', 'close'];

export function isFunction(name: string): boolean {
  return name in FUNCTIONS || OTHERS.includes(name);
}

/** @throws RegularExpressionError */
export function expressionOf(source: string): RegExp {
  return regularExpression(source, { isExtended: true });
}

/** split(): the parts, as elements of an array. */
export function splitText(
  text: string,
  separator: string | undefined,
  isExpression: boolean,
): ReadonlyMap<string, Value> {
  const parts =
    isExpression && separator !== undefined
      ? splitRecord(text, separator.length === 1 ? `(${separator})` : separator)
      : splitRecord(text, separator ?? ' ');
  return new Map(parts.map((part, index) => [String(index + 1), fromOutside(part)]));
}

/** sub() and gsub(). @returns the new text, and how often it was changed */
export function substitute(
  text: string,
  expression: RegExp,
  replacement: string,
  isGlobal: boolean,
): { readonly text: string; readonly count: number } {
  let count = 0;
  const changed = text.replace(expression, (match: string) => {
    if (!isGlobal && count > 0) return match;
    count += 1;
    return replacement.replace(/\\\\|\\&|&/g, (part) => (part === '&' ? match : part === '\\&' ? '&' : '\\'));
  });
  return { text: changed, count };
}
