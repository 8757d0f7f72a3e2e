import { type FileSystem, FsError } from '#machine/file-system.ts';
import { type Json, JsonError, JsonReader, type WriteOptions } from './json.ts';

/** A command line that jq does not understand. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

export interface JqOptions {
  readonly program: string;
  readonly paths: readonly string[];
  readonly variables: ReadonlyMap<string, Json>;
  readonly format: WriteOptions;
  /** -r */
  readonly isRaw: boolean;
  /** -j */
  readonly joins: boolean;
  /** -n */
  readonly isNull: boolean;
  /** -s */
  readonly slurps: boolean;
  /** -R */
  readonly readsRaw: boolean;
  /** -e */
  readonly tellsByStatus: boolean;
  readonly isVersion: boolean;
}

const LONG: Readonly<Record<string, string>> = {
  'ascii-output': 'a',
  'compact-output': 'c',
  'exit-status': 'e',
  'from-file': 'f',
  'join-output': 'j',
  'monochrome-output': 'M',
  'null-input': 'n',
  'raw-input': 'R',
  'raw-output': 'r',
  slurp: 's',
  'sort-keys': 'S',
  tab: 't',
  version: 'V',
};
const LETTERS = 'acefjMnRrsSV';

/** @throws OptionError */
export function readOptions(words: readonly string[], files: FileSystem): JqOptions {
  const letters = new Set<string>();
  const operands: string[] = [];
  const variables = new Map<string, Json>();
  const named = new Map<string, Json>();
  let indent = 2;
  let positional: Json[] | undefined;
  const pending = [...words];
  const value = (option: string) => {
    const next = pending.shift();
    if (next === undefined)
      throw new OptionError(
        `jq: ${option} takes more parameters\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq`,
      );
    return next;
  };
  const set = (name: string, given: Json) => {
    variables.set(name, given);
    named.set(name, given);
  };
  for (let word = pending.shift(); word !== undefined; word = pending.shift()) {
    if (word === '--arg') set(value(word), value(word));
    else if (word === '--argjson') set(value(word), jsonOf(value(word), word));
    else if (word === '--rawfile' || word === '--slurpfile') {
      const name = value(word);
      set(name, fileOf(files, value(word), word === '--rawfile'));
    } else if (word === '--args' || word === '--jsonargs') {
      const isJson = word === '--jsonargs';
      if (operands.length === 0) operands.push(value(word));
      positional = pending.splice(0).map((each) => (isJson ? jsonOf(each, '--jsonargs') : each));
    } else if (word === '--indent') indent = Number(value(word));
    else if (word === '--') operands.push(...pending.splice(0));
    else if (word.startsWith('--')) {
      const letter = LONG[word.slice(2)];
      if (letter === undefined) throw new OptionError(`jq: ${word} is not simulated here`);
      letters.add(letter);
    } else if (/^-./.test(word)) {
      for (const letter of word.slice(1)) {
        if (!LETTERS.includes(letter)) throw new OptionError(`jq: -${letter} is not simulated here`);
        letters.add(letter);
      }
    } else operands.push(word);
  }
  variables.set('__prog_args', positional ?? []);
  variables.set(
    'ARGS',
    new Map<string, Json>([
      ['positional', positional ?? []],
      ['named', new Map(named)],
    ]),
  );
  variables.delete('__prog_args');
  const [first, ...paths] = operands;
  if (first === undefined && !letters.has('V'))
    throw new OptionError(
      'jq - commandline JSON processor [version 1.6]\n\nUsage:\tjq [options] <jq filter> [file...]\n\tjq [options] --args <jq filter> [strings...]',
    );
  return {
    program: letters.has('f') ? String(fileOf(files, first ?? '', true)) : (first ?? '.'),
    paths,
    variables,
    format: {
      indent: letters.has('c') || indent === 0 ? undefined : letters.has('t') ? '\t' : ' '.repeat(indent),
      sorts: letters.has('S'),
      ascii: letters.has('a'),
    },
    isRaw: letters.has('r') || letters.has('j'),
    joins: letters.has('j'),
    isNull: letters.has('n'),
    slurps: letters.has('s'),
    readsRaw: letters.has('R'),
    tellsByStatus: letters.has('e'),
    isVersion: letters.has('V'),
  };
}

function jsonOf(text: string, option: string): Json {
  try {
    const value = new JsonReader(text).next();
    if (value !== undefined) return value;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
  }
  throw new OptionError(
    `jq: Invalid JSON text passed to ${option}\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq`,
  );
}

function fileOf(files: FileSystem, path: string, isRaw: boolean): Json {
  try {
    const text = files.readText(path);
    if (isRaw) return text;
    const reader = new JsonReader(text);
    const all: Json[] = [];
    for (let next = reader.next(); next !== undefined; next = reader.next()) all.push(next);
    return all;
  } catch (error) {
    if (!(error instanceof FsError) && !(error instanceof JsonError)) throw error;
    throw new OptionError(`jq: error: Could not open ${path}: ${error.message}`);
  }
}
