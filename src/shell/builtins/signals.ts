import { SIGNALS } from '#machine/program.ts';
import { singleQuoted } from '../quoting.ts';
import type { Shell } from '../shell.ts';
import { setTrap, signalOf } from '../signals.ts';
import { type Builtin, immediate } from './builtin.ts';

const trap = immediate((shell, [name = '', ...words]) => {
  const operands = words[0] === '--' ? words.slice(1) : words;
  if (operands[0] === '-l') {
    shell.complain('-l is not simulated here', name);
    return 2;
  }
  if (operands.length === 0 || operands[0] === '-p') return list(shell, operands.slice(1));
  const [first = '', ...rest] = operands;
  // A number alone, or a name alone, brings its default back.
  const resets = first === '-' || (rest.length === 0 && conditionOf(first) !== undefined) || /^\d+$/.test(first);
  const action = resets ? undefined : first;
  let status = 0;
  for (const word of resets && first !== '-' ? operands : rest) {
    const condition = conditionOf(word);
    if (condition !== undefined) setTrap(shell, condition, action);
    else {
      status = 1;
      if (shell.flavor === 'dash') shell.error(`trap: ${word}: bad trap\n`);
      else shell.complain(`${word}: invalid signal specification`, name);
    }
  }
  return status;
});

function conditionOf(text: string): ReturnType<typeof signalOf> | 'EXIT' | 'ERR' {
  if (text === '0' || text.toUpperCase() === 'EXIT') return 'EXIT';
  return text === 'ERR' ? 'ERR' : signalOf(text);
}

/** @param words which ones; all when there are none */
function list(shell: Shell, words: readonly string[]): number {
  const wanted = words.map(conditionOf);
  const order = (name: string) => (name === 'EXIT' ? 0 : ((SIGNALS as Readonly<Record<string, number>>)[name] ?? 99));
  for (const [name, action] of [...shell.traps].sort(([one], [other]) => order(one) - order(other))) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const prefix = shell.flavor === 'bash' && name !== 'EXIT' && name !== 'ERR' ? 'SIG' : '';
    shell.out(`trap -- ${singleQuoted(action)} ${prefix}${name}\n`);
  }
  return 0;
}

export const SIGNAL_BUILTINS: Readonly<Record<string, Builtin>> = { trap };
