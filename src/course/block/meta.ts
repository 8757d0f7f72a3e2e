import type { Place, Problem } from '../problem.ts';

/** One word of a fence's info string: `key`, `key=value`, `key="value"` or `key='value'`. */
export interface MetaEntry {
  readonly key: string;
  /** Undefined for a bare key such as `cleanup`. */
  readonly value: string | undefined;
  readonly place: Place;
}

/** The info string after the language: its entries in order, and what could not be read. */
export interface Meta {
  readonly entries: readonly MetaEntry[];
  readonly problems: readonly Problem[];
}

const ENTRY = /([A-Za-z][\w-]*)(?:=(?:"([^"]*)"|'([^']*)'|([^\s"']+)))?(?=\s|$)/y;

/** Reads a fence's info string. `place` is where `text` begins; fences keep it on one line. */
export function parseMeta(text: string, place: Place): Meta {
  const entries: MetaEntry[] = [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  let offset = 0;
  while (offset < text.length) {
    const blank = /\s+/y;
    blank.lastIndex = offset;
    const space = blank.exec(text);
    if (space) {
      offset += space[0].length;
      continue;
    }
    const here = { ...place, column: place.column + offset };
    ENTRY.lastIndex = offset;
    const match = ENTRY.exec(text);
    if (!match) {
      const rest = text.slice(offset);
      const quote = /^[A-Za-z][\w-]*=(["'])/.exec(rest)?.[1];
      problems.push({
        message: quote === undefined ? `"${rest.split(/\s/)[0]}" is no key` : `the quote ${quote} is never closed`,
        cure:
          quote === undefined
            ? `Write key, key=value, key="value" or key='value'`
            : `Close it with ${quote} on the same line`,
        place: here,
      });
      break;
    }
    const key = match[1] ?? '';
    if (seen.has(key)) {
      problems.push({ message: `the key "${key}" stands twice`, cure: 'Keep one of them', place: here });
    }
    seen.add(key);
    entries.push({ key, value: match[2] ?? match[3] ?? match[4], place: here });
    offset += match[0].length;
  }
  return { entries, problems };
}
