import type { Routine } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import { findCommand } from '../find-command.ts';
import type { Shell } from '../shell.ts';
import { type Builtin, immediate, readLetters, refuseOption } from './builtin.ts';

const KEYWORDS = new Set(
  'if then else elif fi for while until do done case esac in function time { } ! [[ ]] select coproc'.split(' '),
);

type Kind = 'alias' | 'keyword' | 'function' | 'builtin' | 'file';

/** What a name stands for. */
function kindOf(shell: Shell, name: string, builtins: ReadonlySet<string>): readonly [Kind, string] | undefined {
  const alias = shell.aliases.get(name);
  if (alias !== undefined) return ['alias', alias];
  if (KEYWORDS.has(name)) return ['keyword', name];
  if (shell.functions.has(name)) return ['function', name];
  if (builtins.has(name)) return ['builtin', name];
  const path = pathOf(shell, name);
  return path === undefined ? undefined : ['file', path];
}

function pathOf(shell: Shell, name: string): string | undefined {
  try {
    return findCommand(shell, name);
  } catch (error) {
    if (error instanceof FsError) return undefined;
    throw error;
  }
}

/** `type` and `command`, which know of the other builtins. */
export function lookupBuiltins(names: ReadonlySet<string>): Readonly<Record<string, Builtin>> {
  const type = immediate((shell, words) => {
    const { letters, operands, unknown } = readLetters(words, shell.flavor === 'bash' ? 'tpP' : '');
    if (unknown !== undefined) {
      shell.complain(`-${unknown} is not simulated here`, 'type');
      return 2;
    }
    let status = 0;
    for (const name of operands) {
      const found = kindOf(shell, name, names);
      if (!found) {
        status = shell.flavor === 'bash' ? 1 : 127;
        if (letters !== '') continue;
        if (shell.flavor === 'bash') shell.complain(`${name}: not found`, 'type');
        else shell.out(`${name}: not found\n`);
      } else if (letters.includes('t')) shell.out(`${found[0]}\n`);
      else if (letters !== '') {
        if (found[0] === 'file') shell.out(`${found[1]}\n`);
      } else shell.out(`${name} ${describe(shell, found)}\n`);
    }
    return status;
  });

  function* command(shell: Shell, words: readonly string[]): Routine<number> {
    const { letters, operands, unknown } = readLetters(words, 'vVp');
    if (unknown !== undefined) return refuseOption(shell, 'command', unknown, 'command [-pVv] command [arg ...]');
    if (operands.length === 0) return 0;
    if (!/[vV]/.test(letters)) return yield* shell.interpreter.runWords(shell, operands, { functions: false });
    let status = shell.flavor === 'bash' ? 1 : 127;
    for (const name of operands) {
      const found = kindOf(shell, name, names);
      if (found) status = 0;
      if (letters.includes('V')) {
        if (found) shell.out(`${name} ${describe(shell, found)}\n`);
        else if (shell.flavor === 'bash') shell.complain(`${name}: not found`, 'command');
        else shell.error(`${name}: not found\n`);
      } else if (found) {
        const [kind, text] = found;
        shell.out(kind === 'alias' ? `alias ${name}='${text}'\n` : `${kind === 'file' ? text : name}\n`);
      }
    }
    return status;
  }

  function* builtin(shell: Shell, words: readonly string[]): Routine<number> {
    const [, name] = words;
    if (name === undefined) return 0;
    if (!names.has(name)) {
      shell.complain(`${name}: not a shell builtin`, 'builtin');
      return 1;
    }
    return yield* shell.interpreter.runWords(shell, words.slice(1), { functions: false });
  }

  return { type, command, builtin, hash };
}

function describe(shell: Shell, [kind, text]: readonly [Kind, string]): string {
  const isBash = shell.flavor === 'bash';
  switch (kind) {
    case 'alias':
      return isBash ? `is aliased to \`${text}'` : `is an alias for ${text}`;
    case 'keyword':
      return `is a shell keyword`;
    case 'function':
      return `is a function`;
    case 'builtin':
      return isBash ? 'is a shell builtin' : 'is a shell builtin';
    case 'file':
      return `is ${text}`;
  }
}

/** Nothing is remembered: each command is looked for anew. */
const hash = immediate((shell, [name = '', ...words]) => {
  let status = 0;
  for (const word of words.filter((each) => !each.startsWith('-'))) {
    if (pathOf(shell, word) !== undefined) continue;
    shell.complain(`${word}: not found`, name);
    status = 1;
  }
  return status;
});
