import type { FileSystem } from '#machine/file-system.ts';
import { exit, openFile, writeFile } from './files.ts';
import { firstNonBlank } from './motions.ts';
import { linesSpan, remove, shift, yank } from './operators.ts';
import { readRange } from './range.ts';
import { setOptions } from './set.ts';
import type { State } from './state.ts';
import { substitute } from './substitute.ts';

/** Does a command of the last row. */
export function runEx(state: State, files: FileSystem, text: string): void {
  const read = readRange(state, text.trim().replace(/^:+/, ''));
  if (typeof read === 'string') {
    state.fail(read);
    return;
  }
  const { range, rest } = read;
  if (rest === '') {
    if (range) state.moveTo({ line: range.to, column: firstNonBlank(state.buffer.line(range.to)) });
    return;
  }
  const {
    name = '',
    bang = '',
    argument = '',
  } = /^(?<name>[a-zA-Z]+|[&><!=]+)(?<bang>!?)\s*(?<argument>.*)$/s.exec(rest)?.groups ?? {};
  const isSubstitute = /^s(?:ubstitute)?[^\w\s]/.test(rest) || name === '&' || name === 's';
  if (isSubstitute) {
    substitute(state, range, rest.replace(/^s(?:ubstitute)?/, '').replace(/^&+/, ''));
    return;
  }
  if (name === '!' || (name === 'w' && argument.startsWith('!')) || (name === 'r' && argument.startsWith('!'))) {
    state.fail('commands of the shell (!) are not simulated here');
    return;
  }
  const lines = range ?? { from: state.place.line, to: state.place.line };
  const span = linesSpan(state, lines.from, lines.to - lines.from + 1);
  if (fileCommand(state, files, name, bang === '!', argument, range)) return;
  switch (name) {
    case 'd':
    case 'de':
    case 'delete':
      state.buffer.begin(state.place);
      remove(state, span);
      return;
    case 'y':
    case 'yank':
      yank(state, span);
      return;
    case '>':
    case '<':
    case '>>':
    case '<<':
      state.buffer.begin(state.place);
      shift(state, span, name.startsWith('>'), name.length);
      return;
    case 'se':
    case 'set':
      setOptions(state, argument);
      return;
    case 'noh':
    case 'nohlsearch':
    case 'syntax':
    case 'sy':
    case 'syn':
      return;
    case 'u':
    case 'undo':
    case 'red':
    case 'redo': {
      const place = name.startsWith('u') ? state.buffer.undo(state.place) : state.buffer.redo(state.place);
      if (place) state.moveTo(place);
      else state.tell(name.startsWith('u') ? 'Already at oldest change' : 'Already at newest change');
      return;
    }
    case 'g':
    case 'global':
    case 'help':
    case 'h':
    case 'sp':
    case 'split':
    case 'vs':
    case 'vsp':
    case 'sh':
    case 'shell':
    case 'norm':
    case 'normal':
    case 'map':
      state.fail(`:${name} is not simulated here`);
      return;
    default:
      state.fail(`E492: Not an editor command: ${text}`);
  }
}

/** What has to do with files, and with leaving. @returns whether it was one of them */
function fileCommand(
  state: State,
  files: FileSystem,
  name: string,
  isForced: boolean,
  argument: string,
  range: { readonly from: number; readonly to: number } | undefined,
): boolean {
  switch (name) {
    case 'w':
    case 'write':
    case 'up':
    case 'update':
      writeFile(state, files, { path: argument || undefined, isForced, range });
      return true;
    case 'wq':
    case 'wqa':
    case 'x':
    case 'xit':
    case 'xa':
    case 'exi':
    case 'exit': {
      const isNeeded = name.startsWith('w') || state.buffer.isChanged || argument !== '';
      if (!isNeeded || writeFile(state, files, { path: argument || undefined, isForced, range })) exit(state);
      return true;
    }
    case 'q':
    case 'quit':
    case 'qa':
    case 'qall':
      if (state.buffer.isChanged && !isForced) state.fail('E37: No write since last change (add ! to override)');
      else exit(state);
      return true;
    case 'cq':
      exit(state, 1);
      return true;
    case 'e':
    case 'edit':
      if (state.buffer.isChanged && !isForced) state.fail('E37: No write since last change (add ! to override)');
      else if (argument === '' && state.path === undefined) state.fail('E32: No file name');
      else openFile(state, files, argument || (state.path ?? ''));
      return true;
    case 'f':
    case 'file':
      if (argument !== '') state.path = argument;
      state.tell(
        `"${state.path ?? '[No Name]'}"${state.buffer.isChanged ? ' [Modified]' : ''} ${state.buffer.count} lines --${Math.floor(((state.place.line + 1) * 100) / state.buffer.count)}%--`,
      );
      return true;
    case 'r':
    case 'read':
      insertFile(state, files, argument);
      return true;
    default:
      return false;
  }
}

function insertFile(state: State, files: FileSystem, path: string): void {
  if (!files.exists(path)) {
    state.fail(`E484: Can't open file ${path}`);
    return;
  }
  const lines = files.readText(path).replace(/\n$/, '').split('\n');
  state.buffer.begin(state.place);
  state.buffer.replace(state.place.line + 1, 0, lines);
  state.moveTo({ line: state.place.line + 1, column: 0 });
  state.tell(`"${path}" ${lines.length}L`);
}
