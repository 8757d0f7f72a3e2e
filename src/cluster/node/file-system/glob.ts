import type { FileSystem } from '#machine/file-system.ts';

/** glob(7): each name of a path is matched on its own; a `*` never matches a slash, nor a dot at the beginning. */
export function globPaths(files: FileSystem, pattern: string): readonly string[] {
  const isAbsolute = pattern.startsWith('/');
  const names = pattern.split('/').filter((name) => name !== '');
  let found: string[] = [isAbsolute ? '/' : ''];
  for (const [index, name] of names.entries()) {
    const isLast = index === names.length - 1;
    found = found.flatMap((directory) => expand(files, directory, name, isLast));
  }
  if (names.length === 0) return isAbsolute ? ['/'] : [];
  const matched = pattern.endsWith('/') ? found.map((path) => `${path}/`).filter((path) => files.exists(path)) : found;
  return matched.sort();
}

function expand(files: FileSystem, directory: string, name: string, isLast: boolean): string[] {
  const join = (entry: string) =>
    directory === '' || directory === '/' ? `${directory}${entry}` : `${directory}/${entry}`;
  const matcher = globMatcher(name);
  if (typeof matcher === 'string') {
    const path = join(matcher);
    return isLast ? (isEntry(files, path) ? [path] : []) : [path];
  }
  const names = listed(files, directory === '' ? '.' : directory);
  return names.filter((entry) => matcher.test(entry) && (!entry.startsWith('.') || name.startsWith('.'))).map(join);
}

function listed(files: FileSystem, path: string): readonly string[] {
  try {
    return files.readdir(path);
  } catch {
    return [];
  }
}

/** A symlink to nothing is an entry too. */
function isEntry(files: FileSystem, path: string): boolean {
  try {
    files.lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** How one name is matched: a text when nothing in it is special. */
function globMatcher(pattern: string): RegExp | string {
  let source = '';
  let literal = '';
  let isSpecial = false;
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index] ?? '';
    const end = character === '[' ? pattern.indexOf(']', index + (/^[!^]/.test(pattern.slice(index + 1)) ? 3 : 2)) : -1;
    if (character === '*' || character === '?') {
      source += character === '*' ? '.*' : '.';
      isSpecial = true;
    } else if (end > index) {
      const inside = pattern
        .slice(index + 1, end)
        .replace(/^!/, '^')
        .replace(/[\\\]]/g, '\\$&');
      source += `[${inside}]`;
      isSpecial = true;
      index = end;
    } else {
      if (character === '\\' && index + 1 < pattern.length) index += 1;
      const plain = pattern[index] ?? '';
      source += plain.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
      literal += plain;
    }
  }
  return isSpecial ? new RegExp(`^${source}$`, 'su') : literal;
}
