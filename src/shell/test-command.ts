import type { TestExpression } from '#grammar/syntax.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { matchesPattern } from '#machine/c-library/pattern.ts';
import { RegularExpressionError, regularExpression } from '#machine/c-library/regular-expression.ts';
import { ExpansionError } from './control.ts';
import { evaluateText } from './expand/arithmetic-value.ts';
import { parameterValue } from './expand/parameter.ts';
import { expandExpression, expandPattern, expandText } from './expand/word.ts';
import type { Shell } from './shell.ts';
import { compareNumbers, TestError, type TestWorld, testBinary, testUnary } from './test-expression.ts';

const ARITHMETIC = ['-eq', '-ne', '-lt', '-le', '-gt', '-ge'];

/** What `test` and `[[` ask a shell about. */
export function worldOf(shell: Shell): TestWorld {
  return {
    files: shell.files,
    isTerminal: (descriptor) => shell.descriptors.get(descriptor)?.terminal !== undefined,
    isVariableSet: (name) => {
      const { variable = name, key } = /^(?<variable>\w+)\[(?<key>.*)\]$/.exec(name)?.groups ?? {};
      if (key === undefined) return parameterValue(shell, variable) !== undefined;
      return shell.variables.find(variable)?.elements?.has(key) ?? false;
    },
    isOptionSet: (name) => shell.options.has(name),
  };
}

/** `[[ … ]]` @returns 0, 1, or 2 for what makes no sense */
export function* testCommand(shell: Shell, expression: TestExpression): Routine<number> {
  try {
    return (yield* holds(shell, expression)) ? 0 : 1;
  } catch (error) {
    if (error instanceof TestError) {
      shell.complain(error.message, '[[');
      return 2;
    }
    if (error instanceof RegularExpressionError) return 2;
    if (error instanceof ExpansionError && error.kind !== 'unset') {
      shell.complain(error.message, '[[');
      return 1;
    }
    throw error;
  }
}

function* holds(shell: Shell, expression: TestExpression): Routine<boolean> {
  switch (expression.kind) {
    case 'not':
      return !(yield* holds(shell, expression.operand));
    case 'logical': {
      const left = yield* holds(shell, expression.left);
      if (left === (expression.operator === '||')) return left;
      return yield* holds(shell, expression.right);
    }
    case 'unary':
      return testUnary(expression.operator, yield* expandText(shell, expression.operand), worldOf(shell));
    case 'binary':
      return yield* binaryHolds(shell, expression);
  }
}

function* binaryHolds(
  shell: Shell,
  { operator, left, right }: Extract<TestExpression, { kind: 'binary' }>,
): Routine<boolean> {
  const text = yield* expandText(shell, left);
  if (operator === '=~') return match(shell, text, yield* expandExpression(shell, right));
  if (operator === '=' || operator === '==') return matchesPattern(yield* expandPattern(shell, right), text, true);
  if (operator === '!=') return !matchesPattern(yield* expandPattern(shell, right), text, true);
  const other = yield* expandText(shell, right);
  if (ARITHMETIC.includes(operator))
    return compareNumbers(evaluateText(shell, text), operator, evaluateText(shell, other));
  return testBinary(text, operator, other, worldOf(shell));
}

/** What matched is in BASH_REMATCH afterwards. */
function match(shell: Shell, text: string, expression: string): boolean {
  const pattern = regularExpression(expression, {
    isExtended: true,
    ignoresCase: shell.options.has('nocasematch'),
  });
  const found = pattern.exec(text);
  const groups = (found ?? []).map((group, index): [string, string] => [String(index), group ?? '']);
  shell.variables.setElements('BASH_REMATCH', new Map(groups));
  return found !== null;
}
