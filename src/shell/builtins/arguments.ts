import type { Shell } from '../shell.ts';
import { type Builtin, immediate } from './builtin.ts';

/** `getopts`: one option a call; OPTIND says which word is next. */
const getopts = immediate((shell, [name = '', letters, variable, ...words]) => {
  if (letters === undefined || variable === undefined) {
    if (shell.flavor === 'bash') shell.error('getopts: usage: getopts optstring name [arg ...]\n');
    else shell.complain('usage: getopts optstring var [arg]', name);
    return 2;
  }
  const args = words.length > 0 ? words : shell.positional;
  const index = Number(shell.variables.get('OPTIND') ?? 1);
  const isSilent = letters.startsWith(':');
  if (index === 1 && shell.variables.get('OPTIND') !== String(index)) shell.optionIndex = 0;
  const word = args[index - 1];
  const finish = (next: number) => {
    shell.optionIndex = 0;
    shell.variables.set('OPTIND', String(next));
  };
  if (word === undefined || !/^-./.test(word) || word === '--') {
    finish(word === '--' ? index + 1 : index);
    shell.variables.set(variable, '?');
    return 1;
  }
  const place = shell.optionIndex === 0 ? 1 : shell.optionIndex;
  const letter = word[place] ?? '';
  const known = letters.replace(/^:/, '').indexOf(letter);
  const isLast = place + 1 >= word.length;
  const takesValue = known >= 0 && letters.replace(/^:/, '')[known + 1] === ':';
  shell.variables.unset('OPTARG');
  if (known < 0 || letter === ':') {
    if (isLast) finish(index + 1);
    else shell.optionIndex = place + 1;
    shell.variables.set(variable, '?');
    if (isSilent) shell.variables.set('OPTARG', letter);
    else shell.error(`${complaint(shell)}illegal option -- ${letter}\n`);
    return 0;
  }
  if (!takesValue) {
    if (isLast) finish(index + 1);
    else shell.optionIndex = place + 1;
    shell.variables.set(variable, letter);
    return 0;
  }
  const value = isLast ? args[index] : word.slice(place + 1);
  finish(index + (isLast ? 2 : 1));
  if (value !== undefined) {
    shell.variables.set('OPTARG', value);
    shell.variables.set(variable, letter);
    return 0;
  }
  shell.variables.set(variable, isSilent ? ':' : '?');
  if (isSilent) shell.variables.set('OPTARG', letter);
  else shell.error(`${complaint(shell)}option requires an argument -- ${letter}\n`);
  return 0;
});

function complaint(shell: Shell): string {
  return `${shell.source}: `;
}

const umask = immediate((shell, [name = '', text]) => {
  if (text === undefined) {
    shell.out(`${shell.files.umask.toString(8).padStart(4, '0')}\n`);
    return 0;
  }
  if (!/^[0-7]{1,4}$/.test(text)) {
    shell.complain(`${text} is not simulated here`, name);
    return 2;
  }
  shell.files = shell.files.as({ umask: Number.parseInt(text, 8) });
  return 0;
});

export const ARGUMENTS: Readonly<Record<string, Builtin>> = { getopts, umask };
