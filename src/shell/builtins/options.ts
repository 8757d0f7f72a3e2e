import { ShellExit } from '../control.ts';
import type { Shell } from '../shell.ts';
import { type Builtin, immediate } from './builtin.ts';
import { listVariables } from './variables.ts';

const LETTERS: Readonly<Record<string, string>> = {
  a: 'allexport',
  e: 'errexit',
  f: 'noglob',
  u: 'nounset',
  x: 'xtrace',
  C: 'noclobber',
};

const NAMED = [...Object.values(LETTERS), 'emacs', 'pipefail'];
/** Names of options of which nothing is simulated. */
const MISSING_NAMED = ['vi', 'posix', 'ignoreeof', 'history', 'histexpand', 'monitor', 'notify', 'verbose'];

/** Options that change what is simulated nothing of. */
const MISSING = ['b', 'h', 'k', 'm', 'n', 'p', 't', 'v', 'B', 'E', 'H', 'P', 'T'];
const USAGE = 'set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]';

const set = immediate((shell, words) => {
  if (words.length === 1) {
    listVariables(shell);
    return 0;
  }
  for (let index = 1; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--' || !/^[-+]./.test(word)) {
      shell.positional = words.slice(word === '--' ? index + 1 : index);
      return 0;
    }
    const turnsOn = word.startsWith('-');
    for (const letter of word.slice(1)) {
      const option = letter === 'o' ? words[index + 1] : LETTERS[letter];
      if (letter === 'o') {
        index += 1;
        if (option === undefined) {
          listOptions(shell);
          return 0;
        }
      }
      if (option === undefined || !NAMED.includes(option)) return refuse(shell, letter, option);
      if (turnsOn) shell.options.add(option);
      else shell.options.delete(option);
    }
  }
  return 0;
});

function refuse(shell: Shell, letter: string, option: string | undefined): number {
  const isMissing = option !== undefined && MISSING_NAMED.includes(option);
  const isKnown = MISSING.includes(letter) || isMissing;
  if (isKnown) shell.complain(`-${letter}${isMissing ? ` ${option}` : ''} is not simulated here`, 'set');
  else if (shell.flavor === 'bash') {
    shell.complain(letter === 'o' ? `${option}: invalid option name` : `-${letter}: invalid option`, 'set');
    if (letter !== 'o') shell.error(`set: usage: ${USAGE}\n`);
  } else {
    const illegal = shell.flavor === 'ash' ? 'illegal' : 'Illegal';
    shell.complain(`${illegal} option -${letter}${letter === 'o' ? ` ${option}` : ''}`, 'set');
  }
  const isFatal = shell.flavor === 'dash' || (shell.flavor === 'ash' && letter !== 'o');
  if (isFatal && !shell.isTyped) throw new ShellExit(2);
  return 2;
}

function listOptions(shell: Shell): void {
  for (const name of [...NAMED].sort()) shell.out(`${name.padEnd(15)}\t${shell.options.has(name) ? 'on' : 'off'}\n`);
}

const SHOPTS = ['extglob', 'failglob', 'nocasematch', 'nullglob', 'expand_aliases', 'checkwinsize'];

const shopt = immediate((shell, [name = '', ...words]) => {
  const flag = words[0]?.startsWith('-') ? words[0] : undefined;
  const names = flag === undefined ? words : words.slice(1);
  if (flag !== undefined && !['-s', '-u', '-q'].includes(flag)) {
    shell.complain(`${flag} is not simulated here`, name);
    return 2;
  }
  let status = 0;
  for (const option of names) {
    if (!SHOPTS.includes(option)) {
      shell.complain(`${option} is not simulated here`, name);
      status = 2;
    } else if (flag === '-s') shell.options.add(option);
    else if (flag === '-u') shell.options.delete(option);
    else {
      if (!shell.options.has(option)) status = 1;
      if (flag === undefined) shell.out(`${option.padEnd(15)}\t${shell.options.has(option) ? 'on' : 'off'}\n`);
    }
  }
  return status;
});

export const OPTIONS: Readonly<Record<string, Builtin>> = { set };
export const BASH_OPTIONS: Readonly<Record<string, Builtin>> = { shopt };
