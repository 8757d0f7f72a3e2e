import type { Routine } from '#kernel/coroutine.ts';
import { type FileSystem, FsError } from '#machine/file-system.ts';
import { usersOf } from '#machine/users.ts';
import { BUILTINS } from '../builtins/index.ts';
import type { Shell } from '../shell.ts';
import { widthOf } from './width.ts';

/** What Tab offers: texts in place of what stands from an index of the line on. */
export interface Offer {
  readonly from: number;
  /** What was typed of it, as it stands there. */
  readonly typed: string;
  /** The quotation mark that it began with, or none. */
  readonly quote: string;
  readonly candidates: readonly Candidate[];
}

interface Candidate {
  /** As it is listed. */
  readonly shown: string;
  /** What stands in the line then, before it is quoted. */
  readonly text: string;
  /** Nothing follows it but a blank. */
  readonly isWhole: boolean;
  /** It is no text for somebody, but the shell's own, and not quoted. */
  readonly isSyntax?: boolean;
}

/** What a Tab puts in place of what was typed: all that the candidates have in common, and what follows when there is but one. */
export function replacementOf({ candidates, quote, typed }: Offer): { readonly text: string; readonly end: string } {
  const common = commonStart(candidates.map(({ text }) => text));
  const [only, other] = candidates;
  const isSyntax = candidates.some((candidate) => candidate.isSyntax);
  const text = isSyntax ? common : quote + quoted(common, quote);
  if (!only || other) return { text: common === '' ? typed : text, end: '' };
  return { text: only.isWhole && !isSyntax ? text + quote : text, end: only.isWhole ? ' ' : '' };
}

const KEYWORDS = [
  'case',
  'do',
  'done',
  'elif',
  'else',
  'esac',
  'fi',
  'for',
  'function',
  'if',
  'in',
  'then',
  'until',
  'while',
];
/** Commands that run another one: what follows is completed as that one's. */
const PREFIXES: ReadonlySet<string> = new Set(['sudo', 'time', 'watch', 'xargs', 'env', 'nohup', 'exec', 'command']);

/** What could stand at the end of `line`. */
export function* complete(shell: Shell, line: string): Routine<Offer> {
  const { words, from, quote } = wordsAtEnd(line);
  const last = words.at(-1) ?? '';
  const offer = { from, typed: line.slice(from), quote };
  const variable = quote === "'" ? undefined : /\$\{?(\w*)$/.exec(offer.typed);
  if (variable) {
    const head = offer.typed.slice(0, offer.typed.length - (variable[1] ?? '').length);
    const names = shell.variables.names().filter((name) => name.startsWith(variable[1] ?? ''));
    const candidates = names.map((name) => ({ shown: name, text: head + name, isWhole: false, isSyntax: true }));
    return { ...offer, candidates };
  }
  if (/^~[^/]*$/.test(last) && quote === '') {
    const homes = usersOf(shell.files).map(({ name }) => `~${name}/`);
    return { ...offer, candidates: homes.filter((name) => name.startsWith(last)).map(syntax) };
  }
  const own = commandWords(words);
  if (own.length <= 1 && !/[/=]/.test(last) && !isRedirected(line, from)) {
    const names = commandNames(shell).filter((name) => name.startsWith(last));
    if (names.length > 0 || last === '') return { ...offer, candidates: whole(last === '' ? [] : names) };
    return { ...offer, candidates: fileNames(shell, last, true) };
  }
  const name = own[0] ?? '';
  const alias = shell.aliases.get(name)?.trim().split(/\s+/) ?? [name];
  const completer = shell.completers[alias[0] ?? ''];
  if (completer && own.length > 1 && !isRedirected(line, from)) {
    const known = yield* completer([...alias, ...own.slice(1)], shell.process);
    const names = known.filter((each) => each.startsWith(last));
    if (names.length > 0) return { ...offer, candidates: whole([...new Set(names)].sort(byByte)) };
  }
  // File names begin behind these, too: `--file=`, `name:`.
  const mark = Math.max(last.lastIndexOf('='), last.lastIndexOf(':')) + 1;
  const isMarked = mark > 0 && quote === '' && offer.typed.endsWith(last);
  const start = isMarked ? offer.typed.length - last.length + mark : 0;
  const typed = isMarked ? last.slice(mark) : last;
  const candidates = fileNames(shell, typed, name === 'cd' || name === 'rmdir');
  return { ...offer, from: from + start, typed: offer.typed.slice(start), candidates };
}

/** What stands there names a file. */
function isRedirected(line: string, from: number): boolean {
  return /[<>]\s*$/.test(line.slice(0, from));
}

function syntax(text: string): Candidate {
  return { shown: text, text, isWhole: false, isSyntax: true };
}

/** The words of the last command of a line. */
function wordsAtEnd(line: string): {
  readonly words: readonly string[];
  readonly from: number;
  /** With which the last one begins, and that is open. */
  readonly quote: string;
} {
  let words: string[] = [];
  let word = '';
  let from = 0;
  let isInWord = false;
  let quote = '';
  const begin = (at: number) => {
    if (!isInWord) from = at;
    isInWord = true;
  };
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (quote !== '') {
      if (character === quote) quote = '';
      else word += character;
    } else if (character === '\\') {
      begin(at);
      at += 1;
      word += line.charAt(at);
    } else if (character === '"' || character === "'") {
      begin(at);
      quote = character;
    } else if (/[|;&(\n`]/.test(character)) {
      words = [];
      word = '';
      isInWord = false;
    } else if (/[\s<>]/.test(character)) {
      if (isInWord) words.push(word);
      word = '';
      isInWord = false;
    } else {
      begin(at);
      word += character;
    }
  }
  return {
    words: [...words, word],
    from: isInWord ? from : line.length,
    quote: isInWord && line.charAt(from) === quote ? quote : '',
  };
}

/** Without assignments in front, and behind commands that run another. */
function commandWords(words: readonly string[]): readonly string[] {
  let index = 0;
  for (; index < words.length - 1; index += 1) {
    const word = words[index] ?? '';
    if (/^\w+=/.test(word) || PREFIXES.has(word)) continue;
    const isOption = index > 0 && word.startsWith('-') && PREFIXES.has(words[index - 1] ?? '');
    if (!isOption) break;
  }
  return words.slice(index);
}

function commandNames(shell: Shell): readonly string[] {
  const path = (shell.variables.get('PATH') ?? '').split(':');
  const programs = path.flatMap((directory) => readDirectory(shell.files, directory || '.'));
  const own = [...BUILTINS[shell.flavor].keys(), ...shell.functions.keys(), ...shell.aliases.keys(), ...KEYWORDS];
  return [...new Set([...programs, ...own])].sort(byByte);
}

function fileNames(shell: Shell, typed: string, directoriesOnly: boolean): readonly Candidate[] {
  const slash = typed.lastIndexOf('/');
  const head = typed.slice(0, slash + 1);
  const tail = typed.slice(slash + 1);
  const home = shell.variables.get('HOME') ?? '';
  const directory = head.startsWith('~/') ? home + head.slice(1) : head;
  return readDirectory(shell.files, directory || '.')
    .filter((name) => name.startsWith(tail) && (tail.startsWith('.') || !name.startsWith('.')))
    .flatMap((name) => {
      const isDirectory = kindOf(shell.files, directory + name) === 'directory';
      if (directoriesOnly && !isDirectory) return [];
      const mark = isDirectory ? '/' : '';
      return [{ shown: name + mark, text: head + name + mark, isWhole: !isDirectory }];
    });
}

function quoted(text: string, quote: string): string {
  if (quote === "'") return text;
  return text.replaceAll(quote === '"' ? /["\\$`]/g : /[\s'"\\$&;|<>()*?[\]{}!#`]/g, '\\$&');
}

function whole(names: readonly string[]): readonly Candidate[] {
  return names.map((name) => ({ shown: name, text: name, isWhole: !/[=/:]$/.test(name) }));
}

function readDirectory(files: FileSystem, path: string): readonly string[] {
  try {
    return files.readdir(path);
  } catch (error) {
    if (error instanceof FsError) return [];
    throw error;
  }
}

function kindOf(files: FileSystem, path: string): string | undefined {
  try {
    return files.stat(path).kind;
  } catch (error) {
    if (error instanceof FsError) return undefined;
    throw error;
  }
}

function byByte(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What all begin with. */
function commonStart(texts: readonly string[]): string {
  const [first = ''] = texts;
  let length = first.length;
  for (const text of texts) while (!text.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}

/** Lines with the names in columns, each read downwards, as readline lists them. */
export function inColumns(names: readonly string[], columns: number): readonly string[] {
  const width = Math.max(...names.map(widthOf)) + 2;
  const across = Math.max(1, Math.floor(columns / width));
  const rows = Math.ceil(names.length / across);
  return Array.from({ length: rows }, (_, row) =>
    names
      .filter((__, index) => index % rows === row)
      .map((name) => name + ' '.repeat(width - widthOf(name)))
      .join('')
      // A line that fills the row would be followed by an empty one.
      .slice(0, Math.max(columns - 1, 1)),
  );
}
