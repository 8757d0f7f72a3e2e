import { firstNonBlank } from './motions.ts';
import { PatternError, patternOf, replacementOf } from './pattern.ts';
import type { LineRange } from './range.ts';
import type { State } from './state.ts';

/** `:s/a/b/g`: without lines, that of the cursor. @param text what follows the command's name */
export function substitute(state: State, range: LineRange | undefined, text: string): void {
  const { buffer, place } = state;
  const [pattern, replacement, flags] = partsOf(text);
  const wanted = pattern === '' ? state.search?.pattern : pattern;
  if (wanted === undefined) {
    state.fail('E35: No previous regular expression');
    return;
  }
  const odd = /[^gie&n]/.exec(flags)?.[0];
  if (odd !== undefined || flags.includes('c')) {
    state.fail(flags.includes('c') ? ':s with c (confirm) is not simulated here' : 'E488: Trailing characters');
    return;
  }
  state.search = { pattern: wanted, isForward: true };
  let regular: RegExp;
  try {
    regular = patternOf(wanted, flags.includes('i') || state.options.ignorecase);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    state.fail(error.message);
    return;
  }
  const once = flags.includes('g') ? regular : new RegExp(regular.source, regular.flags.replace('g', ''));
  const { from, to } = range ?? { from: place.line, to: place.line };
  let count = 0;
  let lines = 0;
  let last = place.line;
  const changed = buffer.lines.slice(from, to + 1).map((line, index) => {
    const before = count;
    const result = line.replace(once, (...match: unknown[]) => {
      count += 1;
      return replacementOf(
        replacement,
        match.filter((each): each is string => typeof each === 'string'),
      );
    });
    if (count > before) {
      lines += 1;
      last = from + index;
    }
    return result;
  });
  if (count === 0) {
    if (!flags.includes('e')) state.fail(`E486: Pattern not found: ${wanted}`);
    return;
  }
  if (!flags.includes('n')) {
    buffer.begin(place);
    buffer.replace(
      from,
      to - from + 1,
      changed.flatMap((line) => line.split('\n')),
    );
    state.moveTo({ line: last, column: firstNonBlank(buffer.line(last)) });
  }
  if (count > 2 || flags.includes('n'))
    state.tell(
      `${count} ${flags.includes('n') ? 'match' : 'substitution'}${count === 1 ? '' : flags.includes('n') ? 'es' : 's'} on ${lines} line${lines === 1 ? '' : 's'}`,
    );
}

/** Pattern, replacement and flags, between whatever sign comes first. */
function partsOf(text: string): readonly [string, string, string] {
  const sign = text[0] ?? '/';
  const parts = [''];
  for (let index = 1; index < text.length; index += 1) {
    const character = text[index] ?? '';
    const last = parts.length - 1;
    if (character === '\\' && text[index + 1] === sign) {
      parts[last] += sign;
      index += 1;
    } else if (character === '\\') {
      parts[last] += character + (text[index + 1] ?? '');
      index += 1;
    } else if (character === sign && parts.length < 3) parts.push('');
    else parts[last] += character;
  }
  return [parts[0] ?? '', parts[1] ?? '', (parts[2] ?? '').trim()];
}
