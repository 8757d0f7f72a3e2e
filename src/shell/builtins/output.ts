import { expandEscapes, formatPrintf, PrintfError } from '#machine/c-library/printf.ts';
import { backslashQuoted, singleQuoted } from '../quoting.ts';
import type { Shell } from '../shell.ts';
import { worldOf } from '../test-command.ts';
import { TestError, testWords } from '../test-expression.ts';
import { type Builtin, immediate } from './builtin.ts';

/** bash and busybox know `-n`, `-e`, `-E`; dash knows `-n` and expands escapes always. */
const echo = immediate((shell, words) => {
  let index = 1;
  let isOpen = false;
  let expands = shell.flavor === 'dash';
  const known = shell.flavor === 'dash' ? /^-n$/ : /^-[neE]+$/;
  for (; known.test(words[index] ?? ''); index += 1) {
    for (const letter of words[index] ?? '') {
      if (letter === 'n') isOpen = true;
      if (letter === 'e') expands = true;
      if (letter === 'E') expands = false;
    }
  }
  const text = words.slice(index).join(' ');
  const end = isOpen ? '' : '\n';
  if (!expands) return write(shell, 'echo', `${text}${end}`);
  const { text: expanded, isEnded } = expandEscapes(text);
  return write(shell, 'echo', isEnded ? expanded : `${expanded}${end}`);
});

/** A descriptor that is closed takes nothing. */
function write(shell: Shell, builtin: string, text: string): number {
  if (shell.output) {
    shell.out(text);
    return 0;
  }
  shell.complain(shell.flavor === 'dash' ? 'I/O error' : 'write error: Bad file descriptor', builtin);
  return 1;
}

const USAGE = 'printf: usage: printf [-v var] format [arguments]\n';

const printf = immediate((shell, [, ...words]) => {
  const isToVariable = words[0] === '-v' && shell.flavor === 'bash';
  const variable = isToVariable ? words[1] : undefined;
  const [format, ...args] = (isToVariable ? words.slice(2) : words).filter((word, index) => index > 0 || word !== '--');
  if (format === undefined) {
    if (shell.flavor === 'bash') shell.error(USAGE);
    else if (shell.flavor === 'ash')
      shell.error(`BusyBox v1.36.1 multi-call binary.\n\nUsage: printf FORMAT [ARG]...\n`);
    else shell.complain('usage: printf format [arg ...]', 'printf');
    return shell.flavor === 'ash' ? 1 : 2;
  }
  let status = 0;
  let text = '';
  try {
    text = formatPrintf(format, args, {
      repeats: true,
      ...(shell.flavor === 'bash' && { quote: backslashQuoted }),
      complain: (argument, why) => {
        status = 1;
        if (shell.flavor === 'bash')
          shell.complain(`${argument}: ${why === 'not completely converted' ? 'invalid number' : why}`, 'printf');
        else if (shell.flavor === 'ash') shell.error(`${shell.source}: invalid number '${argument}'\n`);
        else
          shell.complain(
            `${argument}: ${why === 'invalid number' ? 'expected numeric value' : 'not completely converted'}`,
            'printf',
          );
      },
    });
  } catch (error) {
    if (!(error instanceof PrintfError)) throw error;
    shell.complain(error.message, 'printf');
    return 1;
  }
  if (variable === undefined) return write(shell, 'printf', text) || status;
  shell.variables.set(variable, text);
  return status;
});

const test = immediate((shell, words) => {
  const [name = ''] = words;
  const isBracket = name === '[';
  if (isBracket && words.at(-1) !== ']') {
    if (shell.flavor === 'ash') shell.error(`${shell.source}: missing ]\n`);
    else shell.complain(shell.flavor === 'bash' ? "missing `]'" : 'missing ]', name);
    return 2;
  }
  try {
    return testWords(words.slice(1, isBracket ? -1 : undefined), worldOf(shell)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    if (shell.flavor === 'bash') shell.complain(error.message, name);
    else complainShortly(shell, name, error.message);
    return 2;
  }
});

/** busybox and dash put it in fewer words. */
function complainShortly(shell: Shell, name: string, message: string): void {
  const [subject = '', why = ''] = message.split(': ');
  if (shell.flavor === 'ash') {
    const words = why.startsWith('integer') ? `${subject}: bad number` : `${subject}: unknown operand`;
    shell.error(`${shell.source}: ${words}\n`);
  } else
    shell.complain(why.startsWith('integer') ? `Illegal number: ${subject}` : `${subject}: unexpected operator`, name);
}

const alias = immediate((shell, [name = '', ...words]) => {
  let status = 0;
  const prefix = shell.flavor === 'bash' ? 'alias ' : '';
  const operands = words.filter((word) => word !== '-p');
  const shown = operands.length > 0 ? operands : [...shell.aliases.keys()].sort();
  for (const word of shown) {
    const { key, value } = /^(?<key>[^=]+)=(?<value>.*)$/s.exec(word)?.groups ?? {};
    if (key !== undefined && value !== undefined) {
      shell.aliases.set(key, value);
      continue;
    }
    const known = shell.aliases.get(word);
    if (known !== undefined) shell.out(`${prefix}${word}=${singleQuoted(known)}\n`);
    else {
      status = 1;
      if (shell.flavor === 'bash') shell.complain(`${word}: not found`, name);
      else shell.error(`alias: ${word} not found\n`);
    }
  }
  return status;
});

const unalias = immediate((shell, [name = '', ...words]) => {
  let status = 0;
  for (const word of words) {
    if (word === '-a') shell.aliases.clear();
    else if (!shell.aliases.delete(word)) {
      status = 1;
      if (shell.flavor === 'bash') shell.complain(`${word}: not found`, name);
      else shell.error(`unalias: ${word} not found\n`);
    }
  }
  return status;
});

export const OUTPUT: Readonly<Record<string, Builtin>> = { echo, printf, test, '[': test, alias, unalias };
