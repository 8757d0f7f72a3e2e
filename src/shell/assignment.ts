import type { Assignment, Word } from '#grammar/syntax.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { evaluateText } from './expand/arithmetic-value.ts';
import { elementsOf } from './expand/parameter.ts';
import { expandText, expandWords, normalKey } from './expand/word.ts';
import type { Shell } from './shell.ts';

/** Carries out `name=value`, `name+=value`, `name[key]=value`, `name=(…)`. @throws ExpansionError, ReadonlyVariable */
export function* assign(shell: Shell, assignment: Assignment): Routine<void> {
  const { name, index, isAppended, value } = assignment;
  if ('elements' in value) {
    yield* assignElements(shell, assignment, value.elements);
    return;
  }
  const text = yield* expandText(shell, value, true);
  if (index) {
    const key = normalKey(shell, name, yield* expandText(shell, index));
    shell.variables.setElement(name, key, isAppended ? (elementsOf(shell, name).get(key) ?? '') + text : text);
    return;
  }
  setText(shell, name, text, isAppended);
}

/** As `name=text`, with what the variable is declared to be. @throws ReadonlyVariable, ExpansionError */
export function setText(shell: Shell, name: string, text: string, isAppended = false): void {
  const known = shell.variables.get(name) ?? '';
  if (shell.variables.find(name)?.isInteger) {
    const value = evaluateText(shell, text);
    shell.variables.set(name, String(isAppended ? evaluateText(shell, known) + value : value));
  } else shell.variables.set(name, isAppended ? known + text : text);
  if (name === 'PATH' || !shell.options.has('allexport')) return;
  shell.variables.update(name, { isExported: true });
}

function* assignElements(shell: Shell, { name, isAppended }: Assignment, words: readonly Word[]): Routine<void> {
  const elements = new Map(isAppended ? elementsOf(shell, name) : []);
  let next = Math.max(-1, ...[...elements.keys()].map(Number).filter(Number.isFinite)) + 1;
  for (const word of words) {
    const [first] = word.parts;
    const { key, rest } =
      /^\[(?<key>[^\]]+)\]=(?<rest>.*)$/s.exec(first?.kind === 'text' && !first.isQuoted ? first.text : '')?.groups ??
      {};
    if (key !== undefined && rest !== undefined) {
      const value: Word = {
        parts: [{ kind: 'text', text: rest, isQuoted: false }, ...word.parts.slice(1)],
        text: word.text,
      };
      const normal = normalKey(shell, name, key);
      elements.set(normal, yield* expandText(shell, value, true));
      next = Number(normal) + 1;
      continue;
    }
    for (const text of yield* expandWords(shell, [word])) {
      elements.set(String(next), text);
      next += 1;
    }
  }
  shell.variables.setElements(name, elements);
}
