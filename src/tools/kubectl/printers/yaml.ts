/** YAML as kubectl prints it (sigs.k8s.io/yaml): keys in order, lists not indented, texts in quotes where they would be read as something else. */
export function toYaml(value: unknown): string {
  return `${block(value, 0, 0).replace(/^\n/, '')}\n`;
}

/** @param column where a scalar would begin */
function block(value: unknown, depth: number, column: number): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    const indent = '  '.repeat(depth);
    return value.map((item) => `\n${indent}- ${inItem(item, depth + 1)}`).join('');
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .sort(([a], [b]) => compareKeys(a, b));
    if (entries.length === 0) return '{}';
    const indent = '  '.repeat(depth);
    return entries
      .map(([key, each]) => {
        const name = scalar(key, depth, Number.NEGATIVE_INFINITY);
        return `\n${indent}${name}:${after(each, depth, indent.length + name.length + 2)}`;
      })
      .join('');
  }
  return scalar(value, depth, column);
}

/** What stands behind `key:`. */
function after(value: unknown, depth: number, column: number): string {
  const isNested = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  if (!isNested) return ` ${block(value, depth + 1, column)}`;
  return block(value, Array.isArray(value) ? depth : depth + 1, 0);
}

/** What stands behind `- `. */
function inItem(value: unknown, depth: number): string {
  return block(value, depth, depth * 2).replace(/^\n\s*/, '');
}

/** Keys of Go's maps are sorted by byte. */
function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function scalar(value: unknown, depth: number, column: number): string {
  if (typeof value !== 'string') return value === null || value === undefined ? 'null' : String(value);
  if (
    value.includes('\n') &&
    !hasControls(value.replaceAll(/[\t\n]/g, '')) &&
    !/^\s/.test(value) &&
    !/[ \t]\n/.test(value)
  )
    return literal(value, depth);
  if (isPlain(value)) return folded(value, depth, column);
  // What would be read as another type is put in double quotes, what only looks odd in single ones.
  if (value === '' || looksTyped(value) || hasControls(value) || value.includes('\n')) return doubleQuoted(value);
  return folded(`'${value.replaceAll("'", "''")}'`, depth, column);
}

/** Long lines go on in the next one, at the first blank behind the eightieth column (goyaml.v2, emitter). */
function folded(text: string, depth: number, start: number): string {
  const indent = '  '.repeat(Math.max(depth, 1));
  let column = start;
  let out = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    const isBreak = character === ' ' && column > WIDTH && text.charAt(at + 1) !== ' ' && text.charAt(at - 1) !== ' ';
    if (isBreak) {
      out += `\n${indent}`;
      column = indent.length;
    } else {
      out += character;
      column += 1;
    }
  }
  return out;
}

const WIDTH = 80;

function literal(value: string, depth: number): string {
  const chomp = value.endsWith('\n\n') || value === '\n' ? '+' : value.endsWith('\n') ? '' : '-';
  const indent = '  '.repeat(Math.max(depth, 1));
  const lines = (chomp === '-' ? value : value.slice(0, -1)).split('\n');
  return `|${chomp}\n${lines.map((line) => (line === '' ? '' : indent + line)).join('\n')}`;
}

function looksTyped(value: string): boolean {
  return (
    /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|<<|=)$/.test(
      value,
    ) ||
    (/^[-+]?(?:\d[\d_]*)?(?:\.\d*)?(?:[eE][-+]?\d+)?$/.test(value) && /\d/.test(value)) ||
    /^[-+]?(?:0x[\da-fA-F_]+|0b[01_]+|0o?[0-7_]+)$/.test(value) ||
    /^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/.test(value) ||
    /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?$/.test(value) ||
    /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ].*)?$/.test(value)
  );
}

function isPlain(value: string): boolean {
  if (value === '' || looksTyped(value)) return false;
  if (/^[\s]|[\s]$/.test(value) || hasControls(value)) return false;
  if (/^[,[\]{}#&*!|>'"%@`]/.test(value) || /^[-?:](?:\s|$)/.test(value) || /^(?:---|\.\.\.)/.test(value)) return false;
  return !/:(?:\s|$)|\s#/.test(value);
}

function doubleQuoted(value: string): string {
  const escaped = JSON.stringify(value).slice(1, -1).replaceAll('\u007f', '\\x7F');
  return `"${escaped}"`;
}

function hasControls(value: string): boolean {
  return /\p{Cc}|\ufeff/u.test(value);
}
