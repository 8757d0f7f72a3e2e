import { FsError } from '#machine/file-system.ts';
import { eachInput, Lines, openInput, readAll } from './input.ts';
import type { Invocation, Tool } from './tool.ts';
import { complainAs } from './words.ts';

/** A key: from a field and character to another, and how it is compared. */
interface Key {
  readonly from: { readonly field: number; readonly character: number };
  readonly to: { readonly field: number; readonly character: number } | undefined;
  readonly letters: string;
}

export const sort: Tool = {
  options: {
    flags: 'nrubfhVscgMdi',
    values: 'kto',
    long: {
      'numeric-sort': 'n',
      reverse: 'r',
      unique: 'u',
      'ignore-leading-blanks': 'b',
      'ignore-case': 'f',
      'human-numeric-sort': 'h',
      'version-sort': 'V',
      stable: 's',
      'key=': 'k',
      'field-separator=': 't',
      'output=': 'o',
    },
  },
  *run(invocation) {
    const { operands, process, has, value, complain, out } = invocation;
    const missing = [...'gMdi'].find((letter) => has(letter));
    if (missing !== undefined) {
      complain(`-${missing} is not simulated here`);
      return 2;
    }
    const lines: string[] = [];
    for (const path of operands.length === 0 ? ['-'] : operands) {
      try {
        const text = yield* readAll(openInput(process, path));
        lines.push(...text.split('\n').slice(0, text.endsWith('\n') || text === '' ? -1 : undefined));
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        const doing = error.code === 'EISDIR' ? 'read failed' : 'cannot read';
        complainAs(invocation, `${doing}: ${path}: ${error.message}`, `${path}: ${error.message}`);
        return 2;
      }
    }
    const compare = comparison(invocation);
    if (has('c')) {
      const wrong = lines.findIndex((line, index) => index > 0 && compare(lines[index - 1] ?? '', line) > 0);
      if (wrong > 0) complain(`${operands[0] ?? '-'}:${wrong + 1}: disorder: ${lines[wrong]}`);
      return wrong > 0 ? 1 : 0;
    }
    const whole = (one: string, other: string) => (has('r') ? -1 : 1) * byBytes(one, other);
    const isStable = has('s') || has('u');
    const sorted = lines.sort((one, other) => compare(one, other) || (isStable ? 0 : whole(one, other)));
    const kept = has('u')
      ? sorted.filter((line, index) => index === 0 || compare(sorted[index - 1] ?? '', line) !== 0)
      : sorted;
    const text = kept.map((line) => `${line}\n`).join('');
    const output = value('o');
    if (output === undefined) out(text);
    else process.files.writeText(output, text);
    return 0;
  },
};

function comparison({ given, value }: Invocation): (one: string, other: string) => number {
  const letters = given.map(([letter]) => letter).join('');
  const keys = given.flatMap(([letter, text]) => (letter === 'k' ? [readKey(text ?? '')] : []));
  const separator = value('t');
  const all: readonly Key[] =
    keys.length > 0 ? keys : [{ from: { field: 1, character: 1 }, to: undefined, letters: '' }];
  return (one, other) => {
    for (const key of all) {
      const rules = key.letters === '' ? letters : key.letters;
      const [left, right] = [part(one, key, separator), part(other, key, separator)];
      const order = compareBy(left, right, rules);
      if (order !== 0) return rules.includes('r') ? -order : order;
    }
    return 0;
  };
}

/** `2`, `2,3`, `2.3n,3` */
function readKey(text: string): Key {
  const groups =
    /^(?<field>\d+)(?:\.(?<character>\d+))?(?<letters>[a-zA-Z]*)(?:,(?<toField>\d+)(?:\.(?<toCharacter>\d+))?(?<more>[a-zA-Z]*))?$/.exec(
      text,
    )?.groups ?? {};
  const { field = '1', character = '1', letters = '', toField, toCharacter = '0', more = '' } = groups;
  return {
    from: { field: Number(field), character: Number(character) },
    to: toField === undefined ? undefined : { field: Number(toField), character: Number(toCharacter) },
    letters: letters + more,
  };
}

/** What of a line a key is about. Fields begin with the blanks before them, unless a separator is given. */
function part(line: string, { from, to }: Key, separator: string | undefined): string {
  if (from.field === 1 && from.character === 1 && !to) return line;
  const fields = separator === undefined ? (line.match(/[ \t]*[^ \t]+|[ \t]+$/g) ?? []) : line.split(separator);
  const glue = separator ?? '';
  const last = to?.field ?? fields.length;
  const chosen = fields.slice(from.field - 1, last);
  if (to && to.character > 0 && chosen.length > 0)
    chosen[chosen.length - 1] = chosen.at(-1)?.slice(0, to.character) ?? '';
  return chosen.join(glue).slice(from.character - 1);
}

function compareBy(one: string, other: string, rules: string): number {
  if (rules.includes('n')) return numberOf(one) - numberOf(other);
  if (rules.includes('h')) return humanNumberOf(one) - humanNumberOf(other);
  const normal = (text: string) => {
    const trimmed = rules.includes('b') ? text.trimStart() : text;
    return rules.includes('f') ? trimmed.toUpperCase() : trimmed;
  };
  return rules.includes('V') ? byVersion(normal(one), normal(other)) : byBytes(normal(one), normal(other));
}

function byBytes(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function numberOf(text: string): number {
  return Number(/^\s*-?\d*\.?\d*/.exec(text)?.[0]) || 0;
}

function humanNumberOf(text: string): number {
  const unit = /^\s*-?\d*\.?\d*(?<unit>[KMGTPE])/i.exec(text)?.groups?.['unit']?.toUpperCase() ?? '';
  return numberOf(text) * 1024 ** ' KMGTPE'.indexOf(unit || ' ');
}

/** Stretches of digits are compared as numbers. */
function byVersion(one: string, other: string): number {
  const [left, right] = [one.match(/\d+|\D+/g) ?? [], other.match(/\d+|\D+/g) ?? []];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [a = '', b = ''] = [left[index], right[index]];
    const order = /^\d/.test(a) && /^\d/.test(b) ? Number(a) - Number(b) : byBytes(a, b);
    if (order !== 0) return order;
  }
  return 0;
}

/** uniq: lines that are as the one before. */
export const uniq: Tool = {
  options: {
    flags: 'cdui',
    values: 'fs',
    long: { count: 'c', repeated: 'd', unique: 'u', 'ignore-case': 'i', 'skip-fields=': 'f', 'skip-chars=': 's' },
  },
  *run(invocation) {
    const { operands, has, value, out, complain } = invocation;
    if (operands.length > 1) {
      complain('an output file is not simulated here');
      return 2;
    }
    const key = (line: string) => {
      const text = line
        .replace(/\n$/, '')
        .replace(new RegExp(`^(?:\\s*\\S+){0,${Number(value('f') ?? 0)}}`), '')
        .slice(Number(value('s') ?? 0));
      return has('i') ? text.toLowerCase() : text;
    };
    return yield* eachInput(invocation, operands, function* (input) {
      const lines = new Lines(input);
      let [kept, count]: [string | undefined, number] = [undefined, 0];
      const flush = () => {
        if (kept === undefined || (has('d') && count < 2) || (has('u') && count > 1)) return;
        out(`${has('c') ? `${String(count).padStart(7)} ` : ''}${kept.replace(/\n$/, '')}\n`);
      };
      for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
        if (kept !== undefined && key(kept) === key(line)) count += 1;
        else {
          flush();
          [kept, count] = [line, 1];
        }
      }
      flush();
    });
  },
};
