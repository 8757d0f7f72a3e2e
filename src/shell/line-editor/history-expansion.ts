/** What became of `!` in a line. */
export interface Expanded {
  readonly text: string;
  /** `:p`: it is shown, and not done. */
  readonly isShownOnly: boolean;
}

interface Past {
  readonly lines: readonly string[];
  /** The number of the oldest one. */
  readonly first: number;
}

/** Behind these a `!` is nothing but itself. */
const PLAIN = /[\s=("]/;
const EVENT = /^!(?:!|-?\d+|\?[^?\n]*\??|#|[^\s:^$*!=(;&|<>"'-][^\s:;&|<>"'^$*]*)?/;
const WORDS = /^(?::?([$^*]|-\d*)|:(\d+-\d+|\d+-|\d+\*|\d+|x-\$))/;
const MODIFIER = /^:(g?s(.)((?:\\.|(?!\2).)*)\2((?:\\.|(?!\2).)*)(?:\2|$)|[htrepqg&])/;

/**
 * `!!`, `!5`, `!-2`, `!kubectl`, `!?pods`, `!$`, `!!:2`, `!!:s/a/b/`, `^a^b^` (bash, HISTORY EXPANSION).
 *
 * @returns undefined when there is nothing of it
 * @throws Error `!x: event not found`
 */
export function expandHistory(text: string, past: Past): Expanded | undefined {
  const quick = /^\^([^^]+)\^([^^]*)(?:\^(.*))?$/s.exec(text);
  if (quick) return quickly(past, quick);
  let isQuoted = false;
  let isInDouble = false;
  let out = '';
  let isChanged = false;
  let isShownOnly = false;
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at);
    if (character === '\\') {
      out += text.slice(at, at + 2);
      at += 2;
      continue;
    }
    if (character === "'" && !isInDouble) isQuoted = !isQuoted;
    if (character === '"' && !isQuoted) isInDouble = !isInDouble;
    const following = text.charAt(at + 1);
    const isPlain = character !== '!' || isQuoted || following === '' || PLAIN.test(following);
    if (isPlain) {
      out += character;
      at += 1;
      continue;
    }
    const { value, length, isShown } = designated(text.slice(at), past);
    out += value;
    at += length;
    isShownOnly ||= isShown;
    isChanged = true;
  }
  return isChanged ? { text: out, isShownOnly } : undefined;
}

function quickly({ lines }: Past, [whole, from = '', to = '', rest = '']: RegExpExecArray): Expanded {
  const last = lines.at(-1);
  if (last === undefined) throw new Error(`${whole}: event not found`);
  if (!last.includes(from)) throw new Error(`:s${whole}: substitution failed`);
  return { text: last.replace(from, () => to) + rest, isShownOnly: false };
}

/** One `!…` at the begin of a text. */
function designated(
  text: string,
  past: Past,
): { readonly value: string; readonly length: number; readonly isShown: boolean } {
  const event = EVENT.exec(text)?.[0] ?? '!';
  let length = event.length;
  let value = eventOf(event, past);
  const words = WORDS.exec(text.slice(length));
  if (words) {
    length += words[0].length;
    value = wordsOf(value, words[1] ?? words[2] ?? '', text.slice(0, length));
  }
  let isShown = false;
  for (;;) {
    const modifier = MODIFIER.exec(text.slice(length));
    if (!modifier) return { value, length, isShown };
    length += modifier[0].length;
    if (modifier[1] === 'p') isShown = true;
    else value = modified(value, modifier);
  }
}

/** @throws Error */
function eventOf(event: string, { lines, first }: Past): string {
  const what = event.slice(1);
  let found: string | undefined;
  if (what === '' || what === '!') found = lines.at(-1);
  else if (/^-\d+$/.test(what)) found = lines.at(Number(what));
  else if (/^\d+$/.test(what)) found = lines[Number(what) - first];
  else if (what.startsWith('?')) {
    const part = what.slice(1).replace(/\?$/, '');
    found = lines.findLast((line) => line.includes(part));
  } else found = lines.findLast((line) => line.startsWith(what));
  if (found === undefined) throw new Error(`${event}: event not found`);
  return found;
}

/** @throws Error */
function wordsOf(line: string, which: string, text: string): string {
  const words = line.match(/(?:\\.|"(?:\\.|[^"])*"|'[^']*'|[^\s"'\\|;&<>])+|[|;&<>]+/gs) ?? [];
  const last = words.length - 1;
  const range = (from: number, to: number) => {
    if (from > last || to > last) throw new Error(`${text}: bad word specifier`);
    return words.slice(from, to + 1).join(' ');
  };
  if (which === '$') return range(last, last);
  if (which === '^') return range(1, 1);
  if (which === '*') return last < 1 ? '' : range(1, last);
  const all = /^(\d+)\*$/.exec(which);
  if (all) return Number(all[1]) > last ? '' : range(Number(all[1]), last);
  const [, from = '', dash, to] = /^(\d*)(-?)(\d*)$/.exec(which) ?? [];
  const start = Number(from);
  if (!dash) return range(start, start);
  return range(start, to ? Number(to) : last - 1);
}

/** @throws Error */
function modified(value: string, [, modifier = '', , from = '', to = '']: RegExpExecArray): string {
  switch (modifier) {
    case 'h':
      return value.replace(/\/[^/]*$/, '');
    case 't':
      return value.replace(/^.*\//, '');
    case 'r':
      return value.replace(/\.[^./]*$/, '');
    case 'e':
      return /\.[^./]*$/.exec(value)?.[0] ?? '';
    case 'q':
      return `'${value.replaceAll("'", "'\\''")}'`;
    default: {
      const [old, replacement] = [from, to].map((part) => part.replace(/\\(.)/g, '$1'));
      if (!old) return value;
      if (!value.includes(old)) throw new Error(`:${modifier}: substitution failed`);
      const text = (replacement ?? '').replaceAll('&', old);
      return modifier.startsWith('g') ? value.replaceAll(old, () => text) : value.replace(old, () => text);
    }
  }
}
