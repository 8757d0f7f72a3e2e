import { setText } from '../assignment.ts';
import { ExpansionError, ShellExit } from '../control.ts';
import { evaluateText } from '../expand/arithmetic-value.ts';
import { normalKey } from '../expand/word.ts';
import { doubleQuoted, quoted, singleQuoted } from '../quoting.ts';
import type { Shell } from '../shell.ts';
import { isName, type Variable } from '../variables.ts';
import { type Builtin, immediate, readLetters, refuseOption } from './builtin.ts';

/** `name`, `name=value`, `name+=value`; undefined when the name is none. */
function readAssignment(
  text: string,
): { readonly name: string; readonly key?: string; readonly value?: string; readonly isAppended: boolean } | undefined {
  const groups = /^(?<name>[A-Za-z_]\w*)(?:\[(?<key>[^\]]*)\])?(?:(?<append>\+)?=(?<value>.*))?$/s.exec(text)?.groups;
  if (!groups) return undefined;
  const { name = '', key, append, value } = groups;
  return {
    name,
    isAppended: append !== undefined,
    ...(key !== undefined && { key }),
    ...(value !== undefined && { value }),
  };
}

function refuseName(shell: Shell, builtin: string, text: string): void {
  const name = text.replace(/=.*$/s, '');
  shell.complain(
    shell.flavor === 'bash' ? `\`${text}': not a valid identifier` : `${name}: bad variable name`,
    builtin,
  );
  if (shell.flavor !== 'bash') throw new ShellExit(2);
}

/** `export` and `readonly`: names, with values perhaps, get a mark. */
function marking(mark: 'isExported' | 'isReadonly'): Builtin {
  return immediate((shell, words) => {
    const [builtin = ''] = words;
    const { letters, operands, unknown } = readLetters(words, mark === 'isExported' ? 'pn' : 'p');
    if (unknown !== undefined)
      return refuseOption(
        shell,
        builtin,
        unknown,
        mark === 'isExported'
          ? 'export [-fn] [name[=value] ...] or export -p'
          : 'readonly [-aAf] [name[=value] ...] or readonly -p',
      );
    if (operands.length === 0) {
      listMarked(shell, builtin, mark);
      return 0;
    }
    let status = 0;
    for (const operand of operands) {
      const assignment = readAssignment(operand);
      if (!assignment) {
        refuseName(shell, builtin, operand);
        status = 1;
        continue;
      }
      if (assignment.value !== undefined) setText(shell, assignment.name, assignment.value, assignment.isAppended);
      shell.variables.update(assignment.name, { [mark]: !letters.includes('n') });
    }
    return status;
  });
}

function listMarked(shell: Shell, builtin: string, mark: 'isExported' | 'isReadonly'): void {
  for (const name of shell.variables.names()) {
    const variable = shell.variables.find(name);
    if (!variable?.[mark]) continue;
    if (shell.flavor === 'bash')
      shell.out(`declare -${mark === 'isExported' ? 'x' : 'r'} ${described(name, variable)}\n`);
    else shell.out(`${builtin} ${name}${variable.value === undefined ? '' : `=${singleQuoted(variable.value)}`}\n`);
  }
}

function described(name: string, { value, elements, isAssociative }: Variable): string {
  if (!elements) return value === undefined ? name : `${name}=${doubleQuoted(value)}`;
  const items = [...elements].map(([key, element]) => `[${key}]=${doubleQuoted(element)}`);
  return `${name}=(${items.join(' ')}${isAssociative ? ' ' : ''})`;
}

const local = immediate((shell, words) => {
  if (shell.functionNames.length === 0) {
    shell.complain(shell.flavor === 'bash' ? 'can only be used in a function' : 'not in a function', 'local');
    if (shell.flavor !== 'bash') throw new ShellExit(2);
    return 1;
  }
  return declareNames(shell, words, true);
});

const declare = immediate((shell, words) => declareNames(shell, words, shell.functionNames.length > 0));

function declareNames(shell: Shell, words: readonly string[], isLocal: boolean): number {
  const [builtin = ''] = words;
  const { letters, operands, unknown } = readLetters(words, 'aAgilnprtuxfF');
  if (unknown !== undefined)
    return refuseOption(
      shell,
      builtin,
      unknown,
      `${builtin} [-aAfFgiIlnrtux] [name[=value] ...] or ${builtin} -p [-aAfFilnrtux] [name ...]`,
    );
  const missing = /[ntlu]/.exec(letters)?.[0];
  if (missing !== undefined) {
    shell.complain(`-${missing} is not simulated here`, builtin);
    return 2;
  }
  if (letters.includes('f') || letters.includes('F')) return declaredFunctions(shell, letters, operands);
  if (letters.includes('p') || operands.length === 0) return printDeclared(shell, builtin, operands);
  let status = 0;
  for (const operand of operands) {
    const assignment = readAssignment(operand);
    if (!assignment) {
      refuseName(shell, builtin, operand);
      status = 1;
      continue;
    }
    const { name, key, value, isAppended } = assignment;
    if (isLocal && !letters.includes('g')) {
      // An array's elements were assigned before: they stay.
      const known = shell.variables.find(name);
      shell.variables.declareLocal(name);
      if (known?.elements && value === undefined) shell.variables.update(name, { elements: known.elements });
    }
    const { isAssociative } = shell.variables.find(name) ?? {};
    shell.variables.update(name, {
      ...(letters.includes('x') && { isExported: true }),
      ...(letters.includes('i') && { isInteger: true }),
      ...(letters.includes('A') && { isAssociative: true }),
      ...((letters.includes('A') || letters.includes('a')) &&
        !shell.variables.find(name)?.elements && {
          elements: new Map(),
          isAssociative: isAssociative ?? letters.includes('A'),
        }),
    });
    if (key !== undefined && value !== undefined) shell.variables.setElement(name, normalKey(shell, name, key), value);
    else if (value !== undefined) setText(shell, name, value, isAppended);
    if (letters.includes('r')) shell.variables.update(name, { isReadonly: true });
  }
  return status;
}

function declaredFunctions(shell: Shell, letters: string, operands: readonly string[]): number {
  if (letters.includes('f') && operands.length > 0) {
    shell.complain('-f is not simulated here', 'declare');
    return 2;
  }
  const names =
    operands.length > 0 ? operands.filter((name) => shell.functions.has(name)) : [...shell.functions.keys()].sort();
  for (const name of names) shell.out(operands.length > 0 ? `${name}\n` : `declare -f ${name}\n`);
  return operands.length > names.length ? 1 : 0;
}

function printDeclared(shell: Shell, builtin: string, operands: readonly string[]): number {
  let status = 0;
  for (const name of operands.length > 0 ? operands : shell.variables.names()) {
    const variable = shell.variables.find(name);
    if (!variable) {
      shell.complain(`${name}: not found`, builtin);
      status = 1;
      continue;
    }
    const { elements, isAssociative, isExported, isReadonly, isInteger } = variable;
    const flags = `${elements ? (isAssociative ? 'A' : 'a') : ''}${isInteger ? 'i' : ''}${isReadonly ? 'r' : ''}${isExported ? 'x' : ''}`;
    shell.out(`declare -${flags || '-'} ${described(name, variable)}\n`);
  }
  return status;
}

const unset = immediate((shell, words) => {
  const { letters, operands, unknown } = readLetters(words, 'fvn');
  if (unknown !== undefined) return refuseOption(shell, 'unset', unknown, 'unset [-f] [-v] [-n] [name ...]');
  for (const operand of operands) {
    const { name = operand, key } = /^(?<name>\w+)\[(?<key>.*)\]$/.exec(operand)?.groups ?? {};
    if (letters.includes('f')) shell.functions.delete(operand);
    else if (key !== undefined) {
      const elements = new Map(shell.variables.find(name)?.elements);
      elements.delete(normalKey(shell, name, key));
      shell.variables.setElements(name, elements);
    } else if (!isName(name)) {
      // It may be a function's name in bash.
      if (shell.flavor === 'bash' && !letters.includes('v')) continue;
      shell.complain(
        shell.flavor === 'bash' ? `\`${name}': not a valid identifier` : `${name}: bad variable name`,
        'unset',
      );
      if (shell.flavor !== 'bash') throw new ShellExit(2);
      return 1;
    } else if (shell.variables.find(name)?.isReadonly) {
      shell.complain(
        shell.flavor === 'bash' ? `${name}: cannot unset: readonly variable` : `${name}: is read only`,
        'unset',
      );
      if (shell.flavor !== 'bash') throw new ShellExit(2);
      return 1;
    } else if (shell.variables.find(name) || letters.includes('v')) shell.variables.unset(name);
    else shell.functions.delete(name);
  }
  return 0;
});

const evaluateAll = immediate((shell, [name = '', ...expressions]) => {
  if (expressions.length === 0) {
    shell.complain('expression expected', name);
    return shell.flavor === 'bash' ? 1 : 2;
  }
  let value = 0n;
  try {
    for (const expression of expressions) value = evaluateText(shell, expression);
  } catch (error) {
    if (!(error instanceof ExpansionError)) throw error;
    shell.complain(error.message, name);
    return 1;
  }
  return value === 0n ? 1 : 0;
});

/** All variables, as `set` shows them. */
export function listVariables(shell: Shell): void {
  for (const name of shell.variables.names()) {
    const variable = shell.variables.find(name);
    if (variable?.elements) shell.out(`${described(name, variable)}\n`);
    else if (variable?.value !== undefined)
      shell.out(`${name}=${shell.flavor === 'bash' ? quoted(variable.value) : singleQuoted(variable.value)}\n`);
  }
}

export const VARIABLES: Readonly<Record<string, Builtin>> = {
  export: marking('isExported'),
  readonly: marking('isReadonly'),
  local,
  unset,
  let: evaluateAll,
};

/** Of bash alone. */
export const BASH_VARIABLES: Readonly<Record<string, Builtin>> = { declare, typeset: declare };
