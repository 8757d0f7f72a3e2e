import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Screens, screensSchema } from './screen.ts';

export interface KeyTable {
  readonly files: Readonly<Record<string, string>>;
  readonly history: readonly string[];
  readonly columns: number;
  readonly rows: number;
  /** Lists of keys by what they are about. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

const schema = z.strictObject({
  files: z.record(z.string(), z.string()),
  history: z.array(z.string()),
  columns: z.number(),
  rows: z.number(),
  keys: z.record(z.string(), z.array(z.string())),
});

export function readKeyTable(): KeyTable {
  return schema.parse(parse(readFileSync(join(import.meta.dirname, 'keys.yaml'), 'utf8')));
}

export function readScreens(): Screens {
  return screensSchema.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'screens.json'), 'utf8')));
}

const ESCAPE = '\u001b';

/** What xterm sends. */
const NAMED: Readonly<Record<string, string>> = {
  Enter: '\r',
  Tab: '\t',
  Backspace: '\u007f',
  Escape: ESCAPE,
  Left: `${ESCAPE}[D`,
  Right: `${ESCAPE}[C`,
  Up: `${ESCAPE}[A`,
  Down: `${ESCAPE}[B`,
  Home: `${ESCAPE}[H`,
  End: `${ESCAPE}[F`,
  Delete: `${ESCAPE}[3~`,
  Unknown: `${ESCAPE}[24~`,
  'Ctrl+Left': `${ESCAPE}[1;5D`,
  'Ctrl+Right': `${ESCAPE}[1;5C`,
  'Alt+Backspace': `${ESCAPE}\u007f`,
  Paste: `${ESCAPE}[200~`,
  EndPaste: `${ESCAPE}[201~`,
};

/** Keys one by one, as a terminal sends them; what is pasted comes in one piece. */
export function keysOf(text: string): readonly string[] {
  const keys: string[] = [];
  for (const match of text.matchAll(/<(Paste)>(.*?)<EndPaste>|<([A-Z]\w+(?:\+(?:\w+|.))?)>|./gsu))
    if (match[1] !== undefined) keys.push(`${NAMED['Paste']}${keysOf(match[2] ?? '').join('')}${NAMED['EndPaste']}`);
    else keys.push(match[3] === undefined ? match[0] : keyNamed(match[3]));
  return keys;
}

function keyNamed(name: string): string {
  const known = NAMED[name];
  if (known !== undefined) return known;
  const [, modifier, letter = ''] = /^(Ctrl|Alt)\+(.)$/.exec(name) ?? [];
  if (modifier === 'Alt') return ESCAPE + letter;
  if (modifier === 'Ctrl') return String.fromCharCode(letter.charCodeAt(0) & 31);
  throw new Error(`there is no key ${name}`);
}
