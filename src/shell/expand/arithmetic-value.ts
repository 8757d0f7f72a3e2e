import { evaluate } from '../arithmetic.ts';
import type { Shell } from '../shell.ts';
import { elementsOf, parameterValue } from './parameter.ts';

/** Evaluates an expression with the shell's variables. @throws ExpansionError */
export function evaluateText(shell: Shell, text: string): bigint {
  const keyOf = (name: string, key: string) =>
    shell.variables.find(name)?.isAssociative ? key : String(evaluateText(shell, key));
  return evaluate(text, {
    get: (name, key) =>
      key === undefined ? parameterValue(shell, name) : elementsOf(shell, name).get(keyOf(name, key)),
    set: (name, key, value) => {
      if (key === undefined) shell.variables.set(name, value);
      else shell.variables.setElement(name, keyOf(name, key), value);
    },
  });
}
