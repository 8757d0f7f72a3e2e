/** A pattern that cannot be read. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** What has a meaning of its own only behind a backslash. */
const BACKSLASHED: Readonly<Record<string, string>> = {
  '(': '(',
  ')': ')',
  '|': '|',
  '+': '+',
  '?': '?',
  '=': '?',
  '{': '{',
  '}': '}',
  '<': '\\b',
  '>': '\\b',
};

/** A pattern of vi (magic) as a regular expression. `\c` in it, or `ignoreCase`, makes letters alike. @throws PatternError */
export function patternOf(text: string, ignoreCase: boolean): RegExp {
  let source = '';
  let isCaseless = ignoreCase;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (character === '\\') {
      index += 1;
      const next = text[index] ?? '\\';
      if (next === 'c') isCaseless = true;
      else if (next === 'C') isCaseless = false;
      else if (next === 'v') throw new PatternError('\\v is not simulated here');
      else if (Object.hasOwn(BACKSLASHED, next)) source += BACKSLASHED[next];
      else source += /[\ndDsSwWbBt]/.test(next) || /\d/.test(next) ? `\\${next}` : next.replace(/[^\w]/, '\\$&');
    } else if (character === '[') {
      const end = text.indexOf(']', index + 2);
      if (end < 0) source += '\\[';
      else {
        source += text.slice(index, end + 1);
        index = end;
      }
    } else if (character === '*' && source === '') source += '\\*';
    else source += /[+?(){}|]/.test(character) ? `\\${character}` : character;
  }
  try {
    return new RegExp(source, `gu${isCaseless ? 'i' : ''}`);
  } catch {
    try {
      return new RegExp(source, `g${isCaseless ? 'i' : ''}`);
    } catch {
      throw new PatternError(`E383: Invalid search string: ${text}`);
    }
  }
}

/** What stands for a match: `&` is all of it, `\1` a group, `\r` a new line. */
export function replacementOf(text: string, groups: readonly string[]): string {
  let result = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (character === '&') result += groups[0] ?? '';
    else if (character === '\\') {
      index += 1;
      const next = text[index] ?? '';
      if (/\d/.test(next)) result += groups[Number(next)] ?? '';
      else if (next === 'r' || next === 'n') result += '\n';
      else result += next === 't' ? '\t' : next;
    } else result += character;
  }
  return result;
}
