import type { ReplacementPart } from './script.ts';

/** A replacement, with what was matched and its changes of case. */
export function replaced(parts: readonly ReplacementPart[], match: readonly unknown[]): string {
  let text = '';
  let all = '';
  let once = '';
  const add = (more: string) => {
    let changed = all === 'U' ? more.toUpperCase() : all === 'L' ? more.toLowerCase() : more;
    if (once !== '' && changed !== '') {
      const [first = ''] = changed;
      changed = (once === 'u' ? first.toUpperCase() : first.toLowerCase()) + changed.slice(first.length);
      once = '';
    }
    text += changed;
  };
  for (const part of parts) {
    if (part.kind === 'text') add(part.text);
    else if (part.kind === 'group') add(typeof match[part.number] === 'string' ? String(match[part.number]) : '');
    else if (part.letter === 'E') all = '';
    else if ('UL'.includes(part.letter)) all = part.letter;
    else once = part.letter;
  }
  return text;
}
