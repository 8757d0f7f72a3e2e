import type { Redirection } from '#grammar/syntax.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { FsError, type OpenOptions } from '#machine/file-system.ts';
import {
  BAD_DESCRIPTOR,
  type Descriptor,
  type Descriptors,
  fileDescriptor,
  nullDescriptor,
  textDescriptor,
} from './descriptors.ts';
import { expandText, expandWords } from './expand/word.ts';
import type { Shell } from './shell.ts';

/** Why a redirection is not possible, as a sentence of the shell; the command is not executed. */
export class RedirectionError extends Error {
  override readonly name = 'RedirectionError';
}

const WRITES: Readonly<Record<string, OpenOptions>> = {
  '>': { access: 'write', create: true, truncate: true },
  '>|': { access: 'write', create: true, truncate: true },
  '&>': { access: 'write', create: true, truncate: true },
  '>&': { access: 'write', create: true, truncate: true },
  '>>': { access: 'write', create: true, append: true },
  '&>>': { access: 'write', create: true, append: true },
  '<>': { access: 'read-write', create: true },
  '<': {},
};

/** What a shell's descriptors are with redirections. @throws RedirectionError, ExpansionError */
export function* redirected(shell: Shell, redirections: readonly Redirection[]): Routine<Descriptors> {
  const descriptors = new Map(shell.descriptors);
  for (const redirection of redirections) {
    if (redirection.kind === 'text') {
      const text = yield* expandText(shell, redirection.text);
      descriptors.set(redirection.descriptor, textDescriptor(redirection.isLine ? `${text}\n` : text));
    } else yield* redirectFile(shell, redirection, descriptors);
  }
  return descriptors;
}

function* redirectFile(
  shell: Shell,
  { operator, descriptor, target }: Extract<Redirection, { kind: 'file' }>,
  descriptors: Map<number, Descriptor>,
): Routine<void> {
  const [part, more] = target.parts;
  if (operator === '<' && !more && part?.kind === 'process' && part.operator === '<') {
    descriptors.set(descriptor ?? 0, shell.interpreter.startWriter(shell, part.script));
    return;
  }
  const words = yield* expandWords(shell, [target]);
  const [word = ''] = words;
  if (words.length !== 1) throw new RedirectionError(`${target.text}: ambiguous redirect`);
  const number = descriptor ?? (operator.startsWith('<') ? 0 : 1);
  if ((operator === '>&' || operator === '<&') && /^(?:\d+-?|-)$/.test(word)) {
    duplicate(number, word, descriptors);
    return;
  }
  if (operator === '<&') throw new RedirectionError(`${word}: ambiguous redirect`);
  const opened = open(shell, word, operator, descriptors);
  descriptors.set(number, opened);
  if (operator.startsWith('&>') || (operator === '>&' && descriptor === undefined)) descriptors.set(2, opened);
}

/** `2>&1`, `3<&-` */
function duplicate(number: number, word: string, descriptors: Map<number, Descriptor>): void {
  if (word === '-') {
    descriptors.delete(number);
    return;
  }
  const from = Number.parseInt(word, 10);
  const found = descriptors.get(from);
  if (!found) throw new RedirectionError(`${from}: ${BAD_DESCRIPTOR}`);
  descriptors.set(number, found);
  if (word.endsWith('-') && from !== number) descriptors.delete(from);
}

const SPECIAL = /^\/dev\/(?:std(?<name>in|out|err)|fd\/(?<number>\d+))$/;

function open(shell: Shell, path: string, operator: string, descriptors: Descriptors): Descriptor {
  if (path === '/dev/null') return nullDescriptor();
  const { name, number } = SPECIAL.exec(path)?.groups ?? {};
  if (name !== undefined || number !== undefined) {
    const found = descriptors.get(number === undefined ? ['in', 'out', 'err'].indexOf(name ?? '') : Number(number));
    if (found) return found;
  }
  if (path === '/dev/tty') {
    const terminal = [0, 1, 2].map((each) => shell.descriptors.get(each)).find((each) => each?.terminal);
    if (!terminal) throw new RedirectionError(`${path}: No such device or address`);
    return terminal;
  }
  const options = WRITES[operator] ?? {};
  const { sentences } = shell;
  try {
    if (options.truncate && operator !== '>|' && shell.options.has('noclobber') && isFile(shell, path))
      throw new RedirectionError(`${path}: cannot overwrite existing file`);
    // Linux opens a directory to read, and refuses when it is read.
    return fileDescriptor(shell.files.open(path, options));
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    const sentence = options.create && operator !== '<>' ? sentences.cannotCreate : sentences.cannotOpen;
    throw new RedirectionError(
      path === '' && shell.flavor === 'bash' ? `: ${error.message}` : sentence(path, error.message),
    );
  }
}

function isFile(shell: Shell, path: string): boolean {
  try {
    return shell.files.stat(path).kind === 'file';
  } catch {
    return false;
  }
}
