/** Patterns of fnmatch(3): `*`, `?`, `[a-z]`, `[!a]`, `[[:alpha:]]`, and a backslash before what is plain. */

/** Characters of each class in the C locale, as they stand in brackets of a regular expression. */
export const CHARACTER_CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: ' \\t\\n\\r\\f\\v',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

/** The characters that mean something in a pattern, as plain ones. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

/** Whether a pattern is more than a text. */
export function hasWildcards(pattern: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*(?:[*?]|\[[^\]])/.test(pattern);
}

export interface PatternOptions {
  /** A `*` takes as little as it can. */
  readonly isLazy?: boolean;
  /** `?(a|b)`, `*(a)`, `+(a)`, `@(a|b)`, `!(a)` of bash (FNM_EXTMATCH). */
  readonly isExtended?: boolean;
}

/** A pattern as the source of a regular expression, not anchored; for the flags `s` and `u`. */
export function patternSource(pattern: string, options: PatternOptions = {}): string {
  const { isLazy = false, isExtended = false } = options;
  let source = '';
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index] ?? '';
    const end =
      isExtended && '?*+@!'.includes(character) && pattern[index + 1] === '(' ? groupEnd(pattern, index + 1) : -1;
    if (end > 0) {
      source += groupSource(character, pattern.slice(index + 2, end), options);
      index = end;
    } else if (character === '*') {
      while (pattern[index + 1] === '*') index += 1;
      source += isLazy ? '.*?' : '.*';
    } else if (character === '?') source += '.';
    else if (character === '[') {
      const bracket = readBracket(pattern, index);
      source += bracket?.source ?? '\\[';
      index = bracket ? bracket.end - 1 : index;
    } else {
      if (character === '\\' && index + 1 < pattern.length) index += 1;
      source += escapeRegularExpression(pattern.slice(index, index + 1));
    }
  }
  return source;
}

/** Where the bracket of a group is closed; -1 when it is not. */
function groupEnd(pattern: string, start: number): number {
  let depth = 0;
  for (let index = start; index < pattern.length; index += 1) {
    if (pattern[index] === '\\') index += 1;
    else if (pattern[index] === '(') depth += 1;
    else if (pattern[index] === ')') {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return -1;
}

function groupSource(operator: string, inside: string, options: PatternOptions): string {
  const alternatives: string[] = [];
  let [depth, start] = [0, 0];
  for (let index = 0; index <= inside.length; index += 1) {
    const character = inside[index];
    if (character === '\\') index += 1;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === undefined || (character === '|' && depth === 0)) {
      alternatives.push(patternSource(inside.slice(start, index), options));
      start = index + 1;
    }
  }
  const group = `(?:${alternatives.join('|')})`;
  if (operator === '!') return `(?:(?!${group}$).*?)`;
  return operator === '@' ? group : `${group}${operator}`;
}

export function matchesPattern(pattern: string, text: string, isExtended = false): boolean {
  return new RegExp(`^(?:${patternSource(pattern, { isExtended })})$`, 'su').test(text);
}

/** Text as the source of a regular expression with the flag `u`. */
export function escapeRegularExpression(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/**
 * A bracket expression, as POSIX has it, for a regular expression with the flag `u`.
 *
 * @param hasEscapes a backslash makes the next character plain: so in patterns, not in regular expressions
 * @returns undefined when it is not closed
 */
export function readBracket(
  text: string,
  start: number,
  hasEscapes = true,
): { readonly source: string; readonly end: number } | undefined {
  let index = start + 1;
  const isNegated = text[index] === '^' || (hasEscapes && text[index] === '!');
  if (isNegated) index += 1;
  let inside = '';
  for (let isFirst = true; index < text.length; isFirst = false) {
    const character = text[index] ?? '';
    if (character === ']' && !isFirst) {
      // Nothing is in an empty range such as [z-a], and every character is outside of it.
      return { source: `[${isNegated ? '^' : ''}${inside}]`, end: index + 1 };
    }
    const [named, name = ''] = /^\[:(\w+):\]/.exec(text.slice(index)) ?? [];
    if (named !== undefined) {
      inside += CHARACTER_CLASSES[name] ?? '';
      index += named.length;
      continue;
    }
    if (character === '\\' && hasEscapes && index + 1 < text.length) index += 1;
    const first = text[index] ?? '';
    const isRange = text[index + 1] === '-' && index + 2 < text.length && text[index + 2] !== ']';
    if (!isRange) {
      inside += inBrackets(first);
      index += 1;
      continue;
    }
    let end = index + 2;
    if (text[end] === '\\' && hasEscapes && end + 1 < text.length) end += 1;
    const last = text[end] ?? '';
    if (first <= last) inside += `${inBrackets(first)}-${inBrackets(last)}`;
    index = end + 1;
  }
  return undefined;
}

function inBrackets(character: string): string {
  return /[\\\]^[-]/.test(character) ? `\\${character}` : character;
}
