import type { Routine } from '#kernel/coroutine.ts';
import type { Terminal } from '#machine/terminal.ts';
import { BAD_DESCRIPTOR, type Descriptor } from '../descriptors.ts';
import { orWake } from '../or-wake.ts';
import type { Shell } from '../shell.ts';
import { isName } from '../variables.ts';
import { type Builtin, readLetters, refuseOption } from './builtin.ts';

const USAGE =
  'read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]';
/** The status of a `read` whose time was up. */
const TIMED_OUT = 142;

function* read(shell: Shell, words: readonly string[]): Routine<number> {
  const { letters, values, operands, unknown } = readLetters(words, 'rsa:d:n:N:p:t:u:');
  if (unknown !== undefined) return refuseOption(shell, 'read', unknown, USAGE);
  const bad = operands.find((name) => !isName(name.replace(/\[.*\]$/, '')));
  if (bad !== undefined) {
    shell.complain(shell.flavor === 'bash' ? `\`${bad}': not a valid identifier` : `${bad}: bad variable name`, 'read');
    return shell.flavor === 'bash' ? 1 : 2;
  }
  const number = Number(values.get('u') ?? 0);
  const input = shell.descriptors.get(number);
  if (!input) {
    if (shell.flavor !== 'bash') return 1;
    shell.complain(
      number === 0 ? `read error: 0: ${BAD_DESCRIPTOR}` : `${number}: invalid file descriptor: ${BAD_DESCRIPTOR}`,
      'read',
    );
    return 1;
  }
  const prompt = values.get('p');
  if (prompt !== undefined && input.terminal) shell.error(prompt);
  const limit = values.get('n') ?? values.get('N');
  const hidden = letters.includes('s') && input.terminal ? shell.process.streams.controllingTerminal : undefined;
  const line = yield* unseen(hidden, () =>
    readLine(shell, input, {
      delimiter: values.has('N') ? undefined : (values.get('d')?.slice(0, 1) ?? '\n'),
      isRaw: letters.includes('r'),
      limit: limit === undefined ? undefined : Number(limit),
      timeout: values.get('t'),
    }),
  );
  const array = values.get('a');
  if (array !== undefined) {
    const fields = splitFields(shell, line.characters, Number.POSITIVE_INFINITY);
    shell.variables.setElements(array, new Map(fields.map((field, index) => [String(index), field])));
  } else store(shell, operands, line.characters, values.has('N'));
  if (line.isTimedOut) return shell.flavor === 'bash' ? TIMED_OUT : 1;
  return line.isEnded ? 1 : 0;
}

/** Does something while the terminal shows nothing of what is typed. */
function* unseen<T>(terminal: Terminal | undefined, body: () => Routine<T>): Routine<T> {
  const mode = terminal?.mode;
  terminal?.setMode('hidden');
  try {
    return yield* body();
  } finally {
    if (mode) terminal?.setMode(mode);
  }
}

/** A character, and whether a backslash stood before it. */
type Character = readonly [character: string, isEscaped: boolean];

interface Line {
  readonly characters: readonly Character[];
  /** The end of the input came before the end of the line. */
  readonly isEnded: boolean;
  readonly isTimedOut?: boolean;
}

interface LineOptions {
  readonly delimiter: string | undefined;
  readonly isRaw: boolean;
  readonly limit: number | undefined;
  /** Seconds. */
  readonly timeout: string | undefined;
}

function* readLine(shell: Shell, input: Descriptor, options: LineOptions): Routine<Line> {
  const { delimiter, isRaw, limit = Number.POSITIVE_INFINITY, timeout } = options;
  const deadline = timeout === undefined ? undefined : shell.process.kernel.now + Number(timeout) * 1000;
  const characters: Character[] = [];
  let isEscaping = false;
  for (;;) {
    const read = deadline === undefined ? { value: yield* input.read() } : yield* readUntil(shell, input, deadline);
    if (!read) return { characters, isEnded: false, isTimedOut: true };
    const { value: text } = read;
    if (text === undefined) return { characters, isEnded: true };
    const all = [...text];
    for (const [index, character] of all.entries()) {
      const rest = () => input.unread(all.slice(index + 1).join(''));
      if (isEscaping) {
        isEscaping = false;
        // A line that ends in a backslash goes on.
        if (character !== '\n') characters.push([character, true]);
      } else if (character === '\\' && !isRaw) {
        isEscaping = true;
        continue;
      } else if (character === delimiter) {
        rest();
        return { characters, isEnded: false };
      } else characters.push([character, false]);
      if (characters.length >= limit) {
        rest();
        return { characters, isEnded: false };
      }
    }
  }
}

/** Reads, but not longer than until then. */
function readUntil(
  shell: Shell,
  input: Descriptor,
  deadline: number,
): Routine<{ readonly value: string | undefined } | undefined> {
  const { kernel } = shell.process;
  return orWake(kernel, input.read(), (wake) => {
    const timer = kernel.after(Math.max(0, deadline - kernel.now), wake);
    return () => timer.cancel();
  });
}

/** The last name takes what is left of the line. */
function store(shell: Shell, names: readonly string[], characters: readonly Character[], isWhole: boolean): void {
  if (names.length === 0 || isWhole) {
    shell.variables.set(names[0] ?? 'REPLY', characters.map(([character]) => character).join(''));
    return;
  }
  const fields = splitFields(shell, characters, names.length);
  for (const [index, name] of names.entries()) shell.variables.set(name, fields[index] ?? '');
}

function splitFields(shell: Shell, characters: readonly Character[], count: number): readonly string[] {
  const separators = shell.variables.get('IFS') ?? ' \t\n';
  const isSeparator = ([character, isEscaped]: Character) => !isEscaped && separators.includes(character);
  const isBlank = (item: Character) => isSeparator(item) && /\s/.test(item[0]);
  let rest = trimmed(characters, isBlank);
  const fields: string[] = [];
  while (rest.length > 0 && fields.length < count - 1) {
    const end = rest.findIndex(isSeparator);
    if (end < 0) break;
    fields.push(textOf(rest.slice(0, end)));
    let next = end;
    while (next < rest.length && isBlank(rest[next] as Character)) next += 1;
    if (next < rest.length && isSeparator(rest[next] as Character)) next += 1;
    while (next < rest.length && isBlank(rest[next] as Character)) next += 1;
    rest = rest.slice(next);
  }
  // One separator at the very end belongs to the last field's end.
  const last = rest.at(-1);
  const others = rest.slice(0, -1);
  if (last && isSeparator(last) && !others.some(isSeparator)) rest = others;
  return rest.length > 0 ? [...fields, textOf(rest)] : fields;
}

function trimmed(characters: readonly Character[], isBlank: (item: Character) => boolean): readonly Character[] {
  let [start, end] = [0, characters.length];
  while (start < end && isBlank(characters[start] as Character)) start += 1;
  while (end > start && isBlank(characters[end - 1] as Character)) end -= 1;
  return characters.slice(start, end);
}

function textOf(characters: readonly Character[]): string {
  return characters.map(([character]) => character).join('');
}

/** Lines of the input, each an element of an array. */
function* mapfile(shell: Shell, words: readonly string[]): Routine<number> {
  const { letters, operands, unknown } = readLetters(words, 't');
  if (unknown !== undefined) {
    shell.complain(`-${unknown} is not simulated here`, words[0]);
    return 2;
  }
  let text = '';
  const input = shell.descriptors.get(0);
  if (input) for (let more = yield* input.read(); more !== undefined; more = yield* input.read()) text += more;
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const kept = letters.includes('t') ? lines.map((line) => line.replace(/\n$/, '')) : lines;
  const [name = 'MAPFILE'] = operands;
  shell.variables.setElements(name, new Map(kept.map((line, index) => [String(index), line])));
  return 0;
}

export const READ: Readonly<Record<string, Builtin>> = { read };
export const BASH_READ: Readonly<Record<string, Builtin>> = { mapfile, readarray: mapfile };
