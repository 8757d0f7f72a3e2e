import { timestamp } from '#kernel/calendar.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { type FileSystem, FsError } from '#machine/file-system.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { groupName, userName } from '#machine/users.ts';
import { utf8Decode, utf8Encode } from '#machine/utf8.ts';
import { ArchiveError, endArchive, type Member, readMembers, writeMember } from './archive-format.ts';

const FATAL = 2;

class Refused extends Error {}

interface Command {
  readonly letters: ReadonlySet<string>;
  readonly file: string;
  readonly directory: string | undefined;
  readonly operands: readonly string[];
}

/** tar: archives without compression. */
export const tar: Program = function* tar(process: ProcessContext): Routine<number> {
  const { streams, argv } = process;
  let status: number;
  try {
    const command = readCommand(argv.slice(1));
    const files = command.directory === undefined ? process.files : inside(process.files, command.directory);
    if (command.letters.has('c')) status = yield* create(process, files, command);
    else status = yield* unpack(process, files, command);
  } catch (error) {
    if (error instanceof Refused) streams.error(`tar: ${error.message}\n`);
    else if (error instanceof ArchiveError)
      streams.error(`tar: ${error.message}\ntar: Exiting with failure status due to previous errors\n`);
    else throw error;
    status = FATAL;
  }
  yield* streams.drain();
  return status;
};

const LONG: Readonly<Record<string, string>> = {
  create: 'c',
  extract: 'x',
  get: 'x',
  list: 't',
  verbose: 'v',
};

function readCommand(words: readonly string[]): Command {
  const letters = new Set<string>();
  const operands: string[] = [];
  let file: string | undefined;
  let directory: string | undefined;
  const pending = [...words];
  // The first word may be letters without a minus.
  if (/^[a-zA-Z]+$/.test(pending[0] ?? '')) pending[0] = `-${pending[0]}`;
  const value = (option: string) => {
    const next = pending.shift();
    if (next === undefined) throw new Refused(`option requires an argument -- '${option}'`);
    return next;
  };
  for (let word = pending.shift(); word !== undefined; word = pending.shift()) {
    const { name, given } = /^--(?<name>[a-z-]+)(?:=(?<given>.*))?$/.exec(word)?.groups ?? {};
    if (name === 'file') file = given ?? value('f');
    else if (name === 'directory') directory = given ?? value('C');
    else if (name !== undefined) {
      const letter = LONG[name];
      if (letter === undefined) throw new Refused(`--${name} is not simulated here`);
      letters.add(letter);
    } else if (/^-./.test(word)) {
      for (const [index, letter] of [...word.slice(1)].entries()) {
        const rest = word.slice(index + 2);
        if (letter === 'f' || letter === 'C') {
          const text = rest === '' || /^[cxtvpmC]+$/.test(rest) ? value(letter) : rest;
          if (letter === 'f') file = text;
          else directory = text;
          if (text === rest) break;
        } else if ('cxtvpmO'.includes(letter)) letters.add(letter);
        else throw new Refused(`-${letter} is not simulated here`);
      }
    } else operands.push(word);
  }
  const modes = ['c', 'x', 't'].filter((mode) => letters.has(mode));
  if (modes.length !== 1)
    throw new Refused(
      modes.length === 0
        ? "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\nTry 'tar --help' or 'tar --usage' for more information."
        : "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option\nTry 'tar --help' or 'tar --usage' for more information.",
    );
  return { letters, file: file ?? '-', directory, operands };
}

function inside(files: FileSystem, path: string): FileSystem {
  if (!files.exists(path))
    throw new Refused(`${path}: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now`);
  return files.as({ workingDirectory: files.realpath(path) });
}

function* create(process: ProcessContext, files: FileSystem, { letters, file, operands }: Command): Routine<number> {
  const { streams } = process;
  if (operands.length === 0)
    throw new Refused(
      "Cowardly refusing to create an empty archive\nTry 'tar --help' or 'tar --usage' for more information.",
    );
  let text = '';
  let status = 0;
  const tell = (name: string) => (file === '-' ? streams.error : streams.out)(`${name}\n`);
  const add = (path: string) => {
    const stats = files.lstat(path);
    const kind = stats.kind === 'directory' || stats.kind === 'symlink' ? stats.kind : 'file';
    const name = path.replace(/^\/+/, '').replace(/\/+$/, '') || '.';
    text += writeMember({
      name,
      kind,
      mode: stats.mode,
      uid: stats.uid,
      gid: stats.gid,
      mtime: stats.mtime / 1000,
      target: kind === 'symlink' ? files.readlink(path) : '',
      data: kind === 'file' ? files.readFile(path) : '',
    });
    if (letters.has('v')) tell(kind === 'directory' ? `${name}/` : name);
    if (kind === 'directory') for (const each of files.readdir(path)) attempt(`${path.replace(/\/+$/, '')}/${each}`);
  };
  const attempt = (path: string) => {
    try {
      add(path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      streams.error(`tar: ${path}: Cannot ${error.code === 'ENOENT' ? 'stat' : 'open'}: ${error.message}\n`);
      status = FATAL;
    }
  };
  if (operands.some((path) => path.startsWith('/'))) streams.error("tar: Removing leading `/' from member names\n");
  for (const path of operands) attempt(path);
  const archive = endArchive(text);
  if (file === '-') streams.out(utf8Decode(archive));
  else {
    try {
      process.files.writeFile(file, archive);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new Refused(`${file}: Cannot open: ${error.message}\ntar: Error is not recoverable: exiting now`);
    }
  }
  if (status > 0) streams.error('tar: Exiting with failure status due to previous errors\n');
  yield* streams.drain();
  return status;
}

function* unpack(process: ProcessContext, files: FileSystem, { letters, file, operands }: Command): Routine<number> {
  const { streams } = process;
  let text = '';
  if (file === '-')
    for (let more = yield* streams.read(); more !== undefined; more = yield* streams.read()) text += utf8Encode(more);
  else {
    try {
      text = process.files.readFile(file);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new Refused(`${file}: Cannot open: ${error.message}\ntar: Error is not recoverable: exiting now`);
    }
  }
  if (text.startsWith('\u001f\u008b')) throw new Refused('archives that are compressed are not simulated here');
  const members = readMembers(text);
  const isWanted = ({ name }: Member) =>
    operands.length === 0 ||
    operands.some((each) => name === each.replace(/\/$/, '') || name.startsWith(`${each.replace(/\/$/, '')}/`));
  let status = 0;
  for (const member of members.filter(isWanted)) {
    const name = member.kind === 'directory' ? `${member.name}/` : member.name;
    if (letters.has('t')) streams.out(letters.has('v') ? longLine(process, member, name) : `${name}\n`);
    else if (letters.has('O')) streams.out(utf8Decode(member.data));
    else {
      if (letters.has('v')) streams.out(`${name}\n`);
      try {
        extract(files, member);
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        streams.error(`tar: ${member.name}: Cannot open: ${error.message}\n`);
        status = FATAL;
      }
    }
  }
  for (const each of operands) {
    if (
      members.some(
        (member) => member.name === each.replace(/\/$/, '') || member.name.startsWith(`${each.replace(/\/$/, '')}/`),
      )
    )
      continue;
    streams.error(`tar: ${each}: Not found in archive\n`);
    status = FATAL;
  }
  if (status > 0) streams.error('tar: Exiting with failure status due to previous errors\n');
  return status;
}

function extract(files: FileSystem, { name, kind, mode, uid, gid, mtime, target, data }: Member): void {
  const path = name.replace(/^\/+/, '');
  const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  if (parent !== '') files.mkdir(parent, { recursive: true });
  if (kind === 'directory') files.mkdir(path, { recursive: true });
  else {
    if (files.exists(path)) files.unlink(path);
    if (kind === 'symlink') {
      files.symlink(target, path);
      return;
    }
    files.writeFile(path, data);
  }
  if (files.credentials.uid === 0) files.chown(path, uid, gid);
  files.chmod(path, files.credentials.uid === 0 ? mode : mode & ~files.umask);
  files.utimes(path, mtime * 1000);
}

function longLine(
  { files }: ProcessContext,
  { kind, mode, uid, gid, mtime, target, data }: Member,
  name: string,
): string {
  const letters = [...'rwxrwxrwx'].map((letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-')).join('');
  const sign = kind === 'directory' ? 'd' : kind === 'symlink' ? 'l' : '-';
  const owner = `${userName(files, uid)}/${groupName(files, gid)}`;
  const size = String(kind === 'file' ? data.length : 0).padStart(Math.max(1, 18 - owner.length));
  const time = timestamp(mtime * 1000)
    .slice(0, 16)
    .replace('T', ' ');
  return `${sign}${letters} ${owner} ${size} ${time} ${name}${kind === 'symlink' ? ` -> ${target}` : ''}\n`;
}
