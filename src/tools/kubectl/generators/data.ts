import { FsError } from '#machine/file-system.ts';
import type { ProcessContext } from '#machine/program.ts';
import { encodeBase64 } from '#x509/base64.ts';
import { CommandError } from '../command/errors.ts';
import type { FlagValues } from '../command/flags.ts';

/** What --from-literal, --from-file and --from-env-file put together. @throws CommandError */
export function dataOf(process: ProcessContext, flags: FlagValues): Readonly<Record<string, string>> {
  const data: Record<string, string> = {};
  const add = (key: string, value: string) => {
    if (!/^[-._a-zA-Z0-9]+$/.test(key))
      throw new CommandError(
        `${JSON.stringify(key)} is not a valid key name for a ConfigMap: a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
      );
    if (key in data)
      throw new CommandError(`cannot add key ${JSON.stringify(key)}, another key by that name already exists`);
    data[key] = value;
  };
  if (flags.has('from-env-file') && (flags.has('from-file') || flags.has('from-literal')))
    throw new CommandError('from-env-file cannot be combined with from-file or from-literal');
  for (const item of flags.list('from-literal')) {
    const at = item.indexOf('=');
    if (at < 1) throw new CommandError(`invalid literal source ${item}, expected key=value`);
    add(item.slice(0, at), unquoted(item.slice(at + 1)));
  }
  for (const item of flags.list('from-file')) {
    const at = item.indexOf('=');
    const path = at < 0 ? item : item.slice(at + 1);
    const key = at < 0 ? '' : item.slice(0, at);
    for (const [name, text] of filesAt(process, path)) add(key || name, text);
  }
  for (const path of flags.list('from-env-file'))
    for (const line of read(process, path).split('\n')) {
      const text = line.trimStart();
      if (text === '' || text.startsWith('#')) continue;
      const [key = '', ...value] = text.split('=');
      add(key, value.length > 0 ? value.join('=') : (process.env[key] ?? ''));
    }
  return data;
}

function unquoted(text: string): string {
  return /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
}

function filesAt(process: ProcessContext, path: string): readonly (readonly [name: string, text: string])[] {
  try {
    if (process.files.stat(path).kind === 'directory')
      return process.files
        .readdir(path)
        .filter((name) => process.files.stat(`${path}/${name}`).kind === 'file')
        .map((name) => [name, read(process, `${path}/${name}`)] as const);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandError(`error reading ${path}: ${error.message.toLowerCase()}`);
  }
  return [[path.split('/').at(-1) ?? '', read(process, path)]];
}

function read({ files }: ProcessContext, path: string): string {
  try {
    return files.readText(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandError(`open ${path}: ${error.message.toLowerCase()}`);
  }
}

/** The values of a Secret. */
export function encoded(data: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)]));
}

export function base64(text: string): string {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return encodeBase64(Uint8Array.from(bytes));
}
