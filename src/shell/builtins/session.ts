import { ShellExit } from '../control.ts';
import type { Completers } from '../line-editor/completer.ts';
import type { Shell } from '../shell.ts';
import { staysForStopped } from '../stopped-jobs.ts';
import { type Builtin, immediate, readLetters } from './builtin.ts';

const logout = immediate((shell) => {
  if (!shell.isLogin) {
    shell.complain("not login shell: use `exit'", 'logout');
    return 1;
  }
  shell.error('logout\n');
  if (staysForStopped(shell)) return 1;
  throw new ShellExit(shell.status);
});

/** The shell forgets jobs: they go on when it ends. */
const disown = immediate((shell, [name = '', ...words]) => {
  if (words.includes('-a')) {
    for (const job of shell.jobs.all) shell.jobs.forget(job);
    return 0;
  }
  const operands = words.filter((word) => !word.startsWith('-'));
  let status = 0;
  for (const word of operands.length > 0 ? operands : ['%+']) {
    const job = shell.jobs.find(word);
    if (job) shell.jobs.forget(job);
    else {
      shell.complain(`${word === '%+' ? 'current' : word}: no such job`, name);
      status = 1;
    }
  }
  return status;
});

/** What scripts of cobra call the function that completes a command. */
const STARTS = '__start_';

/** Whose arguments Tab knows: a list of words, or those of another command by the name of its script's function. */
const complete = immediate((shell, words) => {
  const { letters, values, operands, unknown } = readLetters(words, 'o:F:W:');
  const like = values.get('F');
  const list = values.get('W');
  const known = like?.startsWith(STARTS) ? shell.completers[like.slice(STARTS.length)] : undefined;
  if (unknown !== undefined || operands.length === 0 || (letters.includes('F') && !known)) {
    shell.complain(`${words.slice(1).join(' ') || 'a list'} is not simulated here`, 'complete');
    return 2;
  }
  const completer = known ?? (list === undefined ? undefined : wordsOf(list));
  const added: Completers = completer ? Object.fromEntries(operands.map((name) => [name, completer])) : {};
  shell.completers = { ...shell.completers, ...added };
  return 0;
});

function wordsOf(list: string): Completers[string] {
  const words = list.split(/\s+/).filter((word) => word !== '');
  // biome-ignore lint/correctness/useYield: they are all there
  return function* () {
    return words;
  };
}

/** What bash has, and nothing of it is simulated. */
const MISSING = ['bind', 'caller', 'compgen', 'compopt', 'enable', 'fc', 'help', 'suspend', 'times', 'ulimit'];

function refuse(shell: Shell, words: readonly string[]): number {
  shell.complain(`${words[0]} is not simulated here`);
  return 2;
}

export const BASH_SESSION: Readonly<Record<string, Builtin>> = {
  ...Object.fromEntries(MISSING.map((name) => [name, immediate(refuse)])),
  complete,
  disown,
  logout,
};
