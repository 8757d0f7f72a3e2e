/** A text as bash writes it to be read again (`set -x`, `declare -p`, `trap`, `alias`): quoted only where it must be. */
export function quoted(text: string): string {
  if (text === '') return "''";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x1f\x7f]/.test(text)) return ansiQuoted(text);
  if (/^[\w@%+=:,./~^-]+$/.test(text) && !text.startsWith('~')) return text;
  return singleQuoted(text);
}

export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** As `printf %q` writes it: with backslashes. */
export function backslashQuoted(text: string): string {
  if (text === '') return "''";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x1f\x7f]/.test(text)) return ansiQuoted(text);
  return text.replace(/[^\w@%+=:./\u0080-\uffff-]/g, '\\$&');
}

/** As `declare -p` writes it. */
export function doubleQuoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x1f\x7f]/.test(text)) return ansiQuoted(text);
  return `"${text.replace(/[\\"$`]/g, '\\$&')}"`;
}

const NAMES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\E',
  "'": "\\'",
  '\\': '\\\\',
};

function ansiQuoted(text: string): string {
  const escaped = (character: string) =>
    NAMES[character] ?? `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return `$'${text.replace(/[\x00-\x1f\x7f'\\]/g, escaped)}'`;
}
