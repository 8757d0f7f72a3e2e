import { patternSource } from '#machine/c-library/pattern.ts';
import { ExpansionError } from '../control.ts';
import { quoted } from '../quoting.ts';

/** `${x#pattern}`, `##`, `%`, `%%` */
export function removePattern(value: string, operator: string, pattern: string, isExtended: boolean): string {
  const isLongest = operator.length === 2;
  const source = patternSource(pattern, { isLazy: !isLongest, isExtended });
  if (operator.startsWith('#')) return value.replace(new RegExp(`^(?:${source})`, 'su'), '');
  if (isLongest) return value.replace(new RegExp(`(?:${source})$`, 'su'), '');
  // The shortest end that matches: from the right.
  const whole = new RegExp(`^(?:${source})$`, 'su');
  for (let start = value.length; start >= 0; start -= 1)
    if (whole.test(value.slice(start))) return value.slice(0, start);
  return value;
}

/** `${x/pattern/replacement}`, `//`, `/#`, `/%` */
export function replacePattern(
  value: string,
  operator: string,
  pattern: string,
  replacement: string,
  isExtended: boolean,
): string {
  if (pattern === '') return operator === '/#' ? replacement + value : operator === '/%' ? value + replacement : value;
  const source = patternSource(pattern, { isExtended });
  const anchored = operator === '/#' ? `^(?:${source})` : operator === '/%' ? `(?:${source})$` : source;
  return value.replace(new RegExp(anchored, `su${operator === '//' ? 'g' : ''}`), () => replacement);
}

/** `${x^}`, `^^`, `,`, `,,` */
export function changeCase(value: string, operator: string, pattern = '?'): string {
  const matcher = new RegExp(`^(?:${patternSource(pattern)})$`, 'su');
  const change = (character: string) =>
    matcher.test(character)
      ? operator.startsWith('^')
        ? character.toUpperCase()
        : character.toLowerCase()
      : character;
  const characters = [...value];
  if (operator.length === 2) return characters.map(change).join('');
  const [first = '', ...rest] = characters;
  return change(first) + rest.join('');
}

/** `${x@Q}` and its like; undefined for what is not simulated. */
export function transform(value: string, operator: string): string | undefined {
  switch (operator) {
    case 'Q':
      return `'${value.replaceAll("'", "'\\''")}'`;
    case 'U':
      return value.toUpperCase();
    case 'u':
      return value.slice(0, 1).toUpperCase() + value.slice(1);
    case 'L':
      return value.toLowerCase();
    case 'A':
      return quoted(value);
    default:
      return undefined;
  }
}

/** The source of an extended regular expression that matches a text alone. */
export function literalExpression(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** `${x:offset:length}`, of characters or elements; a negative length counts from the end. @throws ExpansionError */
export function slice(
  items: readonly string[],
  offset: number,
  length: number | undefined,
  name: string,
): readonly string[] {
  const start = offset < 0 ? items.length + offset : offset;
  if (start < 0) return [];
  if (length === undefined) return items.slice(start);
  if (length >= 0) return items.slice(start, start + length);
  if (items.length + length < start) throw new ExpansionError(`${length}: substring expression < 0`);
  return items.slice(start, name === '@' ? undefined : items.length + length);
}
