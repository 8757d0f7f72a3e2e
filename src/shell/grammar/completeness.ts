import { parse } from 'unbash';

/** What a shell would do with a text at the end of a line: run it, ask for more (PS2), or refuse it. */
export type Completeness =
  | { readonly kind: 'complete' }
  /** The text ends in blank or comment only: there is nothing to run. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'incomplete'; readonly waitingFor: string }
  | { readonly kind: 'error'; readonly message: string; readonly offset: number };

/**
 * Says whether `text` is a whole command of bash, as bash itself decides when to print PS2: a trailing backslash, an open quote,
 * a heredoc without its end, or a compound command without its closing word ask for another line.
 *
 * @param text one or more lines, without a prompt
 * @returns `offset` of an error counts UTF-16 units from the start of `text`
 */
export function completeness(text: string): Completeness {
  if (endsInContinuation(text)) return { kind: 'incomplete', waitingFor: 'the line after the backslash' };
  const script = parse(text);
  const end = text.trimEnd().length;
  const errors = script.errors ?? [];
  const open = errors.find((error) => error.message.startsWith('unterminated'));
  if (open) return { kind: 'incomplete', waitingFor: open.message.replace('unterminated ', 'the end of a ') };
  // An `expected …` beyond the last word means that the text stopped early; one inside it is a mistake. A redirection without
  // a target is refused by bash even at the end of a line.
  const mistake = errors.find(
    (error) => !error.message.startsWith('expected') || error.message.includes('redirect target') || error.pos < end,
  );
  if (mistake) return { kind: 'error', message: mistake.message, offset: mistake.pos };
  const early = errors[0];
  if (early) return { kind: 'incomplete', waitingFor: early.message };
  const delimiter = openHeredoc(script);
  if (delimiter !== undefined) return { kind: 'incomplete', waitingFor: `the heredoc's last line, ${delimiter}` };
  return script.commands.length === 0 ? { kind: 'empty' } : { kind: 'complete' };
}

/** A last line that ends in an odd number of backslashes goes on, unless a comment holds them. */
function endsInContinuation(text: string): boolean {
  const trailing = /(\\+)\n?$/.exec(text)?.[1];
  if (trailing === undefined || trailing.length % 2 === 0) return false;
  const withoutLast = text.replace(/\\\n?$/, '');
  // In a comment or in single quotes a backslash is only a character: neither changes when it is taken away.
  const lastLine = withoutLast.slice(withoutLast.lastIndexOf('\n') + 1);
  return !/(^|\s)#/.test(lastLine);
}

function openHeredoc(node: unknown): string | undefined {
  if (Array.isArray(node)) {
    for (const child of node) {
      const found = openHeredoc(child);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (typeof node !== 'object' || node === null) return undefined;
  const closed = 'closing' in node && node.closing !== undefined;
  if ('type' in node && node.type === 'HereDoc' && 'delimiter' in node && !closed) {
    const delimiter = node.delimiter;
    if (typeof delimiter === 'object' && delimiter !== null && 'value' in delimiter) return String(delimiter.value);
  }
  return openHeredoc(Object.values(node));
}
