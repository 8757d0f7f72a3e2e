/** A key, or a text that was pasted. */
export type Key =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'key'; readonly name: string };

const ESCAPE = '\u001b';
const PASTE_BEGINS = `${ESCAPE}[200~`;
const PASTE_ENDS = `${ESCAPE}[201~`;

/** What terminals send for keys that have no character, behind the escape character (xterm, ctlseqs). */
const SEQUENCES: Readonly<Record<string, string>> = {
  '[A': 'Up',
  '[B': 'Down',
  '[C': 'Right',
  '[D': 'Left',
  '[H': 'Home',
  '[F': 'End',
  OA: 'Up',
  OB: 'Down',
  OC: 'Right',
  OD: 'Left',
  OH: 'Home',
  OF: 'End',
  '[1~': 'Home',
  '[4~': 'End',
  '[2~': 'Insert',
  '[3~': 'Delete',
  '[5~': 'PageUp',
  '[6~': 'PageDown',
  '[1;5C': 'Ctrl+Right',
  '[1;5D': 'Ctrl+Left',
  '[1;3C': 'Alt+Right',
  '[1;3D': 'Alt+Left',
  '[3;5~': 'Ctrl+Delete',
  '[Z': 'Shift+Tab',
};

const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'Enter',
  '\n': 'Enter',
  '\t': 'Tab',
  '\u007f': 'Backspace',
  '\b': 'Ctrl+H',
  '\u001f': 'Ctrl+_',
  '\u001c': 'Ctrl+\\',
};

/** Cuts what a terminal sends into keys; sequences may come in pieces. */
export class KeyReader {
  #rest = '';

  feed(text: string): void {
    this.#rest += text;
  }

  /** Undefined when more has to come. */
  next(): Key | undefined {
    const taken = this.#rest === '' ? undefined : next(this.#rest);
    if (!taken) return undefined;
    this.#rest = this.#rest.slice(taken.length);
    return taken.key;
  }

  /** The next character, whatever it is; undefined when one has to come. */
  takeCharacter(): string | undefined {
    const [character] = this.#rest;
    this.#rest = this.#rest.slice(character?.length ?? 0);
    return character;
  }

  /** What came behind the last key: it is for somebody else. */
  takeRest(): string {
    const rest = this.#rest;
    this.#rest = '';
    return rest;
  }
}

/** The first key; undefined when more has to come. */
function next(text: string): { readonly key: Key; readonly length: number } | undefined {
  if (text.startsWith(PASTE_BEGINS)) {
    const end = text.indexOf(PASTE_ENDS);
    if (end < 0) return undefined;
    return { key: { kind: 'paste', text: text.slice(PASTE_BEGINS.length, end) }, length: end + PASTE_ENDS.length };
  }
  const first = String.fromCodePoint(text.codePointAt(0) ?? 0);
  if (first === ESCAPE) return afterEscape(text);
  if (first >= ' ' && first !== '\u007f') {
    let length = first.length;
    while (length < text.length && (text[length] ?? '') >= ' ' && text[length] !== '\u007f') length += 1;
    return { key: { kind: 'text', text: text.slice(0, length) }, length };
  }
  const name = CONTROLS[first] ?? `Ctrl+${String.fromCharCode(first.charCodeAt(0) + 64)}`;
  return { key: { kind: 'key', name }, length: 1 };
}

function afterEscape(text: string): { readonly key: Key; readonly length: number } | undefined {
  const sequence = /^(?:\[[0-9;?]*[@-~]|O[A-Za-z])/.exec(text.slice(1))?.[0];
  if (sequence) return { key: { kind: 'key', name: SEQUENCES[sequence] ?? 'Unknown' }, length: sequence.length + 1 };
  if (text.length === 1) return { key: { kind: 'key', name: 'Escape' }, length: 1 };
  if (/^(?:\[[0-9;?]*|O)$/.test(text.slice(1))) return undefined;
  const letter = String.fromCodePoint(text.codePointAt(1) ?? 0);
  const name =
    letter === '\u007f'
      ? 'Backspace'
      : letter < ' '
        ? `Ctrl+${String.fromCharCode(letter.charCodeAt(0) + 64)}`
        : letter;
  return { key: { kind: 'key', name: `Alt+${name}` }, length: 1 + letter.length };
}
