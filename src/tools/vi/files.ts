import { type FileSystem, FsError } from '#machine/file-system.ts';
import { TextBuffer } from '../screen/text-buffer.ts';
import type { State } from './state.ts';

/** In place of what was edited. */
export function openFile(state: State, files: FileSystem, path: string): void {
  const isSame = path === state.path;
  state.path = path;
  let text = '';
  let note = '';
  state.isReadonly = false;
  try {
    if (files.exists(path) && files.stat(path).kind === 'directory') note = ' is a directory';
    else text = files.readText(path);
    try {
      files.access(path, 'w');
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      state.isReadonly = true;
    }
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    note =
      error.code === 'ENOENT' ? ' [New]' : ` [${error.message.replace(/\b\w/g, (letter) => letter.toUpperCase())}]`;
  }
  state.buffer = new TextBuffer(text);
  state.moveTo(isSame ? state.place : { line: 0, column: 0 });
  const size = `${text === '' ? 0 : state.buffer.count}L, ${bytesOf(text)}B`;
  state.tell(`"${path}"${note === '' ? `${state.isReadonly ? ' [readonly]' : ''} ${size}` : note}`);
}

function bytesOf(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

export interface WriteOptions {
  readonly path: string | undefined;
  readonly isForced: boolean;
  readonly range: { readonly from: number; readonly to: number } | undefined;
}

/** @returns whether it is written */
export function writeFile(
  state: State,
  files: FileSystem,
  { path = state.path, isForced, range }: WriteOptions,
): boolean {
  if (path === undefined) {
    state.fail('E32: No file name');
    return false;
  }
  const isOwn = path === state.path || state.path === undefined;
  if (isOwn && state.isReadonly && !isForced) {
    state.fail("E45: 'readonly' option is set (add ! to override)");
    return false;
  }
  const isNew = !files.exists(path);
  if (!isOwn && !isNew && !isForced) {
    state.fail('E13: File exists (add ! to override)');
    return false;
  }
  const lines = range ? state.buffer.lines.slice(range.from, range.to + 1) : state.buffer.lines;
  const text = range ? `${lines.join('\n')}\n` : state.buffer.text;
  try {
    files.writeText(path, text);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    state.fail(
      error.code === 'EISDIR' ? `"${path}" E17: is a directory` : `"${path}" E212: Can't open file for writing`,
    );
    return false;
  }
  if (isOwn && !range) {
    state.buffer.saved();
    state.path = path;
    state.isReadonly = false;
  }
  state.tell(`"${path}"${isNew ? ' [New]' : ''} ${text === '' ? 0 : lines.length}L, ${bytesOf(text)}B written`);
  return true;
}

export function exit(state: State, status = 0): void {
  state.isDone = true;
  state.status = status;
}
