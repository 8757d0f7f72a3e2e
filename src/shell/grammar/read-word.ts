import type { ParameterExpansionPart, WordPart as ParsedPart, ParsedScript, Word as ParsedWord } from 'unbash';
import { expandBraces } from './braces.ts';
import type { ParameterOperation, ParameterPart, Script, Word, WordPart } from './syntax.ts';

/** Reads scripts that stand in words, and texts that stand for words. */
export interface Nested {
  script(parsed: ParsedScript | undefined): Script;
  /** Words of a text, as arguments of a command. */
  words(text: string): readonly ParsedWord[];
  /** A text as the body of a heredoc has it: expansions, no quotes. */
  body(text: string): { readonly text: string; readonly parts: readonly ParsedPart[] | undefined };
}

export function readWord(word: ParsedWord, nested: Nested): Word {
  const parts = readParts(word.parts, word.text, nested);
  const read = { parts, text: word.text };
  if (!word.text.includes('{')) return read;
  const texts = expandBraces(word.text);
  if (texts.length === 1) return read;
  // One by one: a text may have become empty.
  const alternatives = texts.map((text) => {
    const [only] = text === '' ? [] : nested.words(text);
    return only ? { parts: readParts(only.parts, only.text, nested), text: only.text } : EMPTY;
  });
  return { ...read, alternatives };
}

export const EMPTY: Word = { parts: [], text: '' };

/** @param text what they were written as; all of it is plain where there are no parts */
function readParts(parts: readonly ParsedPart[] | undefined, text: string, nested: Nested): readonly WordPart[] {
  return parts ? parts.flatMap((part) => readPart(part, false, nested)) : plain(text);
}

function readPart(part: ParsedPart, isQuoted: boolean, nested: Nested): readonly WordPart[] {
  switch (part.type) {
    case 'Literal':
      return isQuoted ? [{ kind: 'text', text: part.value, isQuoted }] : plain(part.text);
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return [{ kind: 'text', text: part.value, isQuoted: true }];
    case 'DoubleQuoted':
    case 'LocaleString':
      // Nothing between quotes is a word all the same.
      if (part.parts.length === 0) return [{ kind: 'text', text: '', isQuoted: true }];
      return part.parts.flatMap((child) => readPart(child, true, nested));
    case 'SimpleExpansion':
      return [{ kind: 'parameter', name: part.text.slice(1), form: 'value', isQuoted, text: part.text }];
    case 'ParameterExpansion':
      return [readParameter(part, isQuoted, nested)];
    case 'CommandExpansion':
      return [{ kind: 'command', script: nested.script(part.script), isQuoted }];
    case 'ArithmeticExpansion':
      return [{ kind: 'arithmetic', expression: readBody(arithmeticText(part.text), nested), isQuoted }];
    case 'ProcessSubstitution':
      return [{ kind: 'process', operator: part.operator, script: nested.script(part.script), text: part.text }];
    case 'ExtendedGlob':
    case 'BraceExpansion':
      return part.parts ? part.parts.flatMap((child) => readPart(child, isQuoted, nested)) : plain(part.text);
  }
}

/** `$((1+2))`, or the old `$[1+2]`. */
function arithmeticText(text: string): string {
  return text.startsWith('$((') ? text.slice(3, -2) : text.slice(2, -1);
}

/** Text outside of quotes: what stands behind a backslash is quoted, and a line that ends in one goes on. */
function plain(text: string): readonly WordPart[] {
  if (!text.includes('\\')) return [{ kind: 'text', text, isQuoted: false }];
  const parts: WordPart[] = [];
  for (const [piece] of text.matchAll(/\\[\s\S]|\\$|[^\\]+/g)) {
    if (piece === '\\\n') continue;
    if (piece.startsWith('\\') && piece.length > 1) parts.push({ kind: 'text', text: piece.slice(1), isQuoted: true });
    else parts.push({ kind: 'text', text: piece, isQuoted: piece === '\\' });
  }
  return parts;
}

/** What stands in a heredoc or in arithmetic: expansions, but no quotes. */
export function readBody(text: string, nested: Nested): Word {
  if (!/[$`\\]/.test(text)) return { parts: [{ kind: 'text', text, isQuoted: true }], text };
  const body = nested.body(text);
  const parts = body.parts
    ? body.parts.flatMap((part) => readPart(part, true, nested))
    : [{ kind: 'text' as const, text: text.replace(/\\([\\$`])|\\\n/g, '$1'), isQuoted: true }];
  return { parts, text };
}

function readParameter(part: ParameterExpansionPart, isQuoted: boolean, nested: Nested): ParameterPart {
  const { parameter, prefix, index, operation, text } = part;
  const names = operation?.type === 'Names';
  const form = names ? 'names' : prefix === '#' ? 'length' : prefix === '!' ? 'indirect' : 'value';
  const read = operation && !names ? readOperation(operation, isQuoted, nested) : undefined;
  return {
    kind: 'parameter',
    name: parameter,
    form,
    isQuoted,
    text,
    ...(index && { index: readWord(index, nested) }),
    ...(read && { operation: read }),
  };
}

function readOperation(
  operation: NonNullable<ParameterExpansionPart['operation']>,
  isQuoted: boolean,
  nested: Nested,
): ParameterOperation {
  const word = (operand: ParsedWord) => {
    const { text } = operand;
    const parts = readParts(operand.parts, text, nested);
    return { parts: isQuoted ? asInQuotes(parts) : parts, text };
  };
  const pattern = (operand: ParsedWord) => ({
    parts: readParts(operand.parts, operand.text, nested),
    text: operand.text,
  });
  switch (operation.type) {
    case 'Default':
      return { kind: 'default', operator: operation.operator, operand: word(operation.operand) };
    case 'Remove':
      return { kind: 'remove', operator: operation.operator, pattern: pattern(operation.operand) };
    case 'Replace':
      return {
        kind: 'replace',
        operator: operation.operator,
        pattern: pattern(operation.pattern),
        replacement: pattern(operation.replacement),
      };
    case 'Slice':
      return {
        kind: 'slice',
        offset: readBody(operation.offset.text, nested),
        ...(operation.length && { length: readBody(operation.length.text, nested) }),
      };
    case 'CaseModification':
      return {
        kind: 'case',
        operator: operation.operator,
        ...(operation.operand && { pattern: pattern(operation.operand) }),
      };
    case 'Transform':
      return { kind: 'transform', operator: operation.operand.text };
    default:
      return { kind: 'unknown' };
  }
}

/** The operand of an expansion that stands in double quotes is in them too. */
function asInQuotes(parts: readonly WordPart[]): readonly WordPart[] {
  return parts.map((part) => (part.kind === 'process' ? part : { ...part, isQuoted: true }));
}
