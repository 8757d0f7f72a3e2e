/** What xterm sends for keys without a character, behind the escape character. */
const SEQUENCES: Readonly<Record<string, string>> = {
  '[A': 'Up',
  '[B': 'Down',
  '[C': 'Right',
  '[D': 'Left',
  '[H': 'Home',
  '[F': 'End',
  '[1~': 'Home',
  '[2~': 'Insert',
  '[3~': 'Delete',
  '[4~': 'End',
  '[5~': 'PageUp',
  '[6~': 'PageDown',
  OA: 'Up',
  OB: 'Down',
  OC: 'Right',
  OD: 'Left',
  OH: 'Home',
  OF: 'End',
};

const NAMES: Readonly<Record<string, string>> = {
  '\r': '<Enter>',
  '\n': '<Enter>',
  '\t': '<Tab>',
  '\u001b': '<Escape>',
  '\u007f': '<Backspace>',
  '\b': '<Backspace>',
};

/**
 * Keys of what a terminal sent: a character stands for itself, others are `<Up>`, `<Enter>`, `<Ctrl+F>`. An escape character that
 * begins no sequence is the key Escape, even where another key follows at once.
 */
export function keysOf(text: string): readonly string[] {
  const keys: string[] = [];
  for (let index = 0; index < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(index) ?? 0);
    const sequence =
      character === '\u001b' ? /^(?:\[[\d;]*[A-Za-z~]|O[A-Z])/.exec(text.slice(index + 1))?.[0] : undefined;
    if (sequence !== undefined) {
      const name = SEQUENCES[sequence];
      if (name !== undefined) keys.push(`<${name}>`);
      index += sequence.length + 1;
      continue;
    }
    const code = character.charCodeAt(0);
    keys.push(NAMES[character] ?? (code < 0x20 ? `<Ctrl+${String.fromCharCode(code + 64)}>` : character));
    index += character.length;
  }
  return keys;
}

/** A single character that is typed as text. */
export function isCharacter(key: string): boolean {
  return !(key.length > 1 && key.startsWith('<'));
}
