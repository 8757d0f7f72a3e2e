import type { ParameterPart, Word, WordPart } from '#grammar/syntax.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { escapePattern, hasWildcards } from '#machine/c-library/pattern.ts';
import { ExpansionError } from '../control.ts';
import type { Shell } from '../shell.ts';
import { evaluateText } from './arithmetic-value.ts';
import { type Field, FieldBuilder, fieldText } from './fields.ts';
import { withHome } from './home.ts';
import { changeCase, literalExpression, removePattern, replacePattern, slice, transform } from './operations.ts';
import { demandSet, elementsOf, parameterValue, separator } from './parameter.ts';

const DEFAULT_SEPARATORS = ' \t\n';

/** The words that words become: all expansions, splitting and paths. @throws ExpansionError */
export function* expandWords(shell: Shell, words: readonly Word[]): Routine<string[]> {
  const texts: string[] = [];
  for (const word of words) {
    for (const alternative of shell.flavor === 'bash' ? (word.alternatives ?? [word]) : [word]) {
      for (const field of yield* expandToFields(shell, alternative)) texts.push(...paths(shell, field));
    }
  }
  return texts;
}

function* expandToFields(shell: Shell, word: Word): Routine<readonly Field[]> {
  const builder = new FieldBuilder(shell.variables.get('IFS') ?? DEFAULT_SEPARATORS);
  yield* expandParts(shell, withHome(shell, word.parts, false), builder);
  return builder.finish();
}

/** A word that stays one: an assignment's value, what a redirection or `case` is given. @throws ExpansionError */
export function* expandText(shell: Shell, word: Word, isAssignment = false): Routine<string> {
  return fieldText(yield* expandUnsplit(shell, word, isAssignment));
}

/** A pattern: what is quoted in it is plain. @throws ExpansionError */
export function* expandPattern(shell: Shell, word: Word): Routine<string> {
  const field = yield* expandUnsplit(shell, word, false);
  return field.map(({ text, isQuoted }) => (isQuoted ? escapePattern(text) : text)).join('');
}

/** A regular expression: what is quoted in it is plain. @throws ExpansionError */
export function* expandExpression(shell: Shell, word: Word): Routine<string> {
  const field = yield* expandUnsplit(shell, word, false);
  return field.map(({ text, isQuoted }) => (isQuoted ? literalExpression(text) : text)).join('');
}

function* expandUnsplit(shell: Shell, word: Word, isAssignment: boolean): Routine<Field> {
  // Nothing separates: an expansion stays in one piece, and remembers whether it was quoted.
  const builder = new FieldBuilder('');
  yield* expandParts(shell, withHome(shell, word.parts, isAssignment), builder);
  const fields = builder.finish();
  const between = { text: ' ', isQuoted: true };
  return fields.flatMap((field, index) => (index === 0 ? field : [between, ...field]));
}

/** An arithmetic expression, with what is expanded in it. @throws ExpansionError */
export function* expandArithmetic(shell: Shell, expression: Word): Routine<bigint> {
  return evaluateText(shell, yield* expandText(shell, expression));
}

function paths(shell: Shell, field: Field): readonly string[] {
  const text = fieldText(field);
  if (shell.options.has('noglob') || !field.some((part) => !part.isQuoted && /[*?[]|[+@!]\(/.test(part.text)))
    return [text];
  const pattern = field.map((part) => (part.isQuoted ? escapePattern(part.text) : part.text)).join('');
  if (shell.options.has('extglob') && field.some((part) => !part.isQuoted && /[?*+@!]\(/.test(part.text)))
    throw new ExpansionError(`${text}: extended patterns of paths are not simulated here`);
  if (!hasWildcards(pattern)) return [text];
  const found = shell.files.glob(pattern);
  if (found.length > 0) return found;
  if (shell.options.has('failglob')) throw new ExpansionError(`no match: ${text}`);
  return shell.options.has('nullglob') ? [] : [text];
}

/** @param splits text outside of quotes is split too: it stands in an expansion */
function* expandParts(shell: Shell, parts: readonly WordPart[], builder: FieldBuilder, splits = false): Routine<void> {
  for (const part of parts) {
    if (part.kind === 'text') {
      if (splits) addValue(builder, part.text, part.isQuoted);
      // Unquoted nothing is no word.
      else if (part.isQuoted || part.text !== '') builder.add(part.text, part.isQuoted);
      continue;
    }
    if (part.kind === 'process') {
      if (part.operator === '>') throw new ExpansionError(`${part.text} is not simulated here`);
      builder.add(yield* shell.interpreter.substituteFile(shell, part.script), true);
      continue;
    }
    if (part.kind === 'parameter') {
      yield* expandParameter(shell, part, builder);
      continue;
    }
    const text =
      part.kind === 'command'
        ? yield* shell.interpreter.substitute(shell, part.script)
        : String(yield* expandArithmetic(shell, part.expression));
    addValue(builder, text, part.isQuoted);
  }
}

function addValue(builder: FieldBuilder, text: string, isQuoted: boolean): void {
  if (isQuoted) builder.add(text, true);
  else builder.addSplit(text);
}

function* expandParameter(shell: Shell, part: ParameterPart, builder: FieldBuilder): Routine<void> {
  const { form, isQuoted } = part;
  if (form === 'names') {
    addList(
      shell,
      builder,
      shell.variables.names().filter((name) => name.startsWith(part.name)),
      isQuoted,
      false,
    );
    return;
  }
  const key = part.index && (yield* keyOf(shell, part.name, part.index));
  if (form === 'length') {
    builder.add(String(lengthOf(shell, part, key)), isQuoted);
    return;
  }
  if (form === 'indirect') {
    if (key === '@' || key === '*') {
      addList(shell, builder, [...elementsOf(shell, part.name).keys()], isQuoted, key === '*');
      return;
    }
    const name = shell.flavor === 'bash' ? elementOf(shell, part.name, key) : undefined;
    if (name === undefined) throw new ExpansionError(`${part.name}: invalid indirect expansion`, 'substitution');
    const target = /^(?<name>[^[]+)(?:\[(?<index>.*)\])?$/s.exec(name)?.groups ?? {};
    yield* expandValue(shell, { ...part, name: target['name'] ?? name }, target['index'], builder);
    return;
  }
  yield* expandValue(shell, part, key, builder);
}

/** The key of an element, as it is kept. */
function* keyOf(shell: Shell, name: string, index: Word): Routine<string> {
  if (index.text === '@' || index.text === '*') return index.text;
  const text = yield* expandText(shell, index);
  return normalKey(shell, name, text);
}

/** Arrays count from their end for negative numbers. @throws ExpansionError */
export function normalKey(shell: Shell, name: string, text: string): string {
  const variable = shell.variables.find(name);
  if (variable?.isAssociative) return text;
  const number = Number(evaluateText(shell, text));
  if (number >= 0) return String(number);
  const last = Math.max(-1, ...[...elementsOf(shell, name).keys()].map(Number));
  if (last + 1 + number < 0) throw new ExpansionError(`${name}: bad array subscript`);
  return String(last + 1 + number);
}

function elementOf(shell: Shell, name: string, key: string | undefined): string | undefined {
  return key === undefined ? parameterValue(shell, name) : elementsOf(shell, name).get(key);
}

function lengthOf(shell: Shell, { name }: ParameterPart, key: string | undefined): number {
  if (key === '@' || key === '*') return elementsOf(shell, name).size;
  if (name === '@' || name === '*') return shell.positional.length;
  return [...demandSet(shell, name, elementOf(shell, name, key))].length;
}

function* expandValue(
  shell: Shell,
  part: ParameterPart,
  key: string | undefined,
  builder: FieldBuilder,
): Routine<void> {
  const { name, operation, isQuoted } = part;
  const isAll = name === '@' || name === '*' || key === '@' || key === '*';
  const values = isAll ? allOf(shell, name) : [elementOf(shell, name, key)].filter((value) => value !== undefined);
  const isJoined = name === '*' || key === '*';
  if (operation?.kind === 'default') {
    yield* expandDefault(shell, part, key, { values, isAll, isJoined }, builder);
    return;
  }
  if (!isAll) demandSet(shell, name, values[0]);
  const changed = operation ? yield* change(shell, part, values, isAll) : values;
  if (isAll) addList(shell, builder, changed, isQuoted, isJoined);
  else addValue(builder, changed[0] ?? '', isQuoted);
}

function allOf(shell: Shell, name: string): readonly string[] {
  return name === '@' || name === '*' ? shell.positional : [...elementsOf(shell, name).values()];
}

/** `"$@"` is a word for each, `"$*"` one for all; outside of quotes all of them are split. */
function addList(
  shell: Shell,
  builder: FieldBuilder,
  values: readonly string[],
  isQuoted: boolean,
  isJoined: boolean,
): void {
  if (isQuoted && isJoined) {
    builder.add(values.join(separator(shell)), true);
    return;
  }
  for (const [index, value] of values.entries()) {
    if (index > 0) builder.break();
    addValue(builder, value, isQuoted);
  }
}

interface Values {
  readonly values: readonly string[];
  readonly isAll: boolean;
  readonly isJoined: boolean;
}

/** `${x:-word}`, `${x:=word}`, `${x:?word}`, `${x:+word}` */
function* expandDefault(
  shell: Shell,
  part: ParameterPart,
  key: string | undefined,
  { values, isAll, isJoined }: Values,
  builder: FieldBuilder,
): Routine<void> {
  const { operation, name, isQuoted } = part;
  if (operation?.kind !== 'default') return;
  const { operator, operand } = operation;
  const isMissing = values.length === 0 || (operator.startsWith(':') && values.join('') === '');
  const kind = operator.replace(':', '');
  if (kind === '+') {
    if (isQuoted) builder.add('', true);
    if (!isMissing) yield* expandParts(shell, withHome(shell, operand.parts, false), builder, true);
    return;
  }
  if (!isMissing) {
    if (isAll) addList(shell, builder, values, isQuoted, isJoined);
    else addValue(builder, values[0] ?? '', isQuoted);
    return;
  }
  if (kind === '-') {
    if (isQuoted) builder.add('', true);
    yield* expandParts(shell, withHome(shell, operand.parts, false), builder, true);
    return;
  }
  const text = yield* expandText(shell, operand);
  if (kind === '?') {
    const why = text !== '' ? text : operator === ':?' ? shell.sentences.isNull : notSet(shell);
    throw new ExpansionError(`${name}: ${why}`, 'unset');
  }
  if (key === undefined) shell.variables.set(name, text);
  else shell.variables.setElement(name, key, text);
  addValue(builder, text, isQuoted);
}

function notSet(shell: Shell): string {
  return shell.flavor === 'bash' ? 'parameter not set' : shell.sentences.unset;
}

function* change(
  shell: Shell,
  part: ParameterPart,
  values: readonly string[],
  isAll: boolean,
): Routine<readonly string[]> {
  const { operation } = part;
  const whole = isAll ? values : [values[0] ?? ''];
  const isExtended = shell.options.has('extglob');
  switch (operation?.kind) {
    case 'remove': {
      const pattern = yield* expandPattern(shell, operation.pattern);
      return whole.map((value) => removePattern(value, operation.operator, pattern, isExtended));
    }
    case 'replace': {
      const pattern = yield* expandPattern(shell, operation.pattern);
      const replacement = yield* expandText(shell, operation.replacement);
      return whole.map((value) => replacePattern(value, operation.operator, pattern, replacement, isExtended));
    }
    case 'case': {
      const pattern = operation.pattern && (yield* expandPattern(shell, operation.pattern));
      return whole.map((value) => changeCase(value, operation.operator, pattern));
    }
    case 'slice': {
      const offset = Number(yield* expandArithmetic(shell, operation.offset));
      const length = operation.length && Number(yield* expandArithmetic(shell, operation.length));
      if (!isAll) return [slice([...(whole[0] ?? '')], offset, length, part.name).join('')];
      // Of the positional parameters the first is $0.
      const isPositional = part.name === '@' || part.name === '*';
      return slice(isPositional ? [shell.name, ...whole] : whole, offset, length, part.name);
    }
    case 'transform':
      return whole.map((value) => {
        const result = transform(value, operation.operator);
        if (result === undefined)
          throw new ExpansionError(`${part.text}: @${operation.operator} is not simulated here`);
        return result;
      });
    default:
      throw new ExpansionError(`${part.text}: bad substitution`, 'substitution');
  }
}
