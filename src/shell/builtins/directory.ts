import { FsError } from '#machine/file-system.ts';
import type { Shell } from '../shell.ts';
import { type Builtin, immediate, readLetters, refuseOption } from './builtin.ts';

/** Goes to a directory. @throws FsError */
function move(shell: Shell, path: string): void {
  const files = shell.files.as({ workingDirectory: path });
  const before = shell.variables.get('PWD');
  shell.files = files;
  shell.variables.set('OLDPWD', before ?? '');
  shell.variables.set('PWD', logicalPath(before, path) ?? files.workingDirectory);
}

/** The path as it was walked, with the names of symbolic links in it. */
function logicalPath(before: string | undefined, path: string): string | undefined {
  if (!path.startsWith('/') && before === undefined) return undefined;
  const names: string[] = [];
  for (const name of `${path.startsWith('/') ? '' : before}/${path}`.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}

function tellOfFailure(shell: Shell, builtin: string, path: string, error: unknown): number {
  if (!(error instanceof FsError)) throw error;
  const { message } = error;
  const words = { bash: `${path}: ${message}`, ash: `can't cd to ${path}: ${message}`, dash: `can't cd to ${path}` };
  shell.complain(words[shell.flavor], builtin);
  return shell.flavor === 'bash' ? 1 : 2;
}

const cd = immediate((shell, words) => {
  const { letters, operands, unknown } = readLetters(words, 'LP');
  if (unknown !== undefined) return refuseOption(shell, 'cd', unknown, 'cd [-L|[-P [-e]] [-@]] [dir]');
  if (operands.length > 1 && shell.flavor === 'bash') {
    shell.complain('too many arguments', 'cd');
    return 1;
  }
  const [operand] = operands;
  const isBack = operand === '-';
  const target = isBack ? shell.variables.get('OLDPWD') : (operand ?? shell.variables.get('HOME'));
  if (target === undefined) {
    shell.complain(isBack ? 'OLDPWD not set' : 'HOME not set', 'cd');
    return 1;
  }
  try {
    move(shell, target === '' ? '.' : logicalTarget(shell, target, letters.includes('P')));
  } catch (error) {
    return tellOfFailure(shell, 'cd', target, error);
  }
  if (letters.includes('P')) shell.variables.set('PWD', shell.files.workingDirectory);
  if (isBack) shell.out(`${shell.variables.get('PWD')}\n`);
  return 0;
});

/** `..` leads back along the way that was walked. */
function logicalTarget(shell: Shell, target: string, isPhysical: boolean): string {
  if (isPhysical || !target.split('/').includes('..')) return target;
  const path = logicalPath(shell.variables.get('PWD'), target);
  return path !== undefined && shell.files.exists(path) ? path : target;
}

const pwd = immediate((shell, words) => {
  const { letters, unknown } = readLetters(words, 'LP');
  if (unknown !== undefined) return refuseOption(shell, 'pwd', unknown, 'pwd [-LP]');
  const logical = shell.variables.get('PWD');
  const isPhysical = letters.endsWith('P') || logical === undefined;
  shell.out(`${isPhysical ? shell.files.workingDirectory : logical}\n`);
  return 0;
});

function showStack(shell: Shell): void {
  const home = shell.variables.get('HOME') ?? '';
  const short = (path: string) =>
    home !== '' && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path;
  const all = [shell.variables.get('PWD') ?? shell.files.workingDirectory, ...shell.directoryStack];
  shell.out(`${all.map(short).join(' ')}\n`);
}

const pushd = immediate((shell, [, target]) => {
  const [top, ...rest] = shell.directoryStack;
  const to = target ?? top;
  if (to === undefined) {
    shell.complain('no other directory', 'pushd');
    return 1;
  }
  const here = shell.variables.get('PWD') ?? shell.files.workingDirectory;
  try {
    move(shell, to);
  } catch (error) {
    return tellOfFailure(shell, 'pushd', to, error);
  }
  shell.directoryStack = [here, ...(target === undefined ? rest : shell.directoryStack)];
  showStack(shell);
  return 0;
});

const popd = immediate((shell) => {
  const [top, ...rest] = shell.directoryStack;
  if (top === undefined) {
    shell.complain('directory stack empty', 'popd');
    return 1;
  }
  try {
    move(shell, top);
  } catch (error) {
    return tellOfFailure(shell, 'popd', top, error);
  }
  shell.directoryStack = rest;
  showStack(shell);
  return 0;
});

const dirs = immediate((shell) => {
  showStack(shell);
  return 0;
});

export const DIRECTORY: Readonly<Record<string, Builtin>> = { cd, pwd };
export const BASH_DIRECTORY: Readonly<Record<string, Builtin>> = { pushd, popd, dirs };
