import type { ParsedScript } from 'unbash';
import type { SyntaxProblem } from './syntax.ts';

const CLOSING: Readonly<Record<string, string>> = {
  if: 'fi',
  while: 'done',
  until: 'done',
  for: 'done',
  case: 'esac',
  subshell: ')',
  'brace group': '}',
};

const QUOTES: Readonly<Record<string, string>> = {
  'single quote': "'",
  'double quote': '"',
  'command substitution': ')',
  'parameter expansion': '}',
  'backtick command substitution': '`',
  'arithmetic expansion': ')',
};

/** The first mistake of a text; undefined when there is none. */
export function findProblem(parsed: ParsedScript, source: string): SyntaxProblem | undefined {
  const errors = [...(parsed.errors ?? [])].sort((one, other) => one.pos - other.pos);
  const [error] = errors;
  if (!error) return undefined;
  const at = Math.min(error.pos, source.length);
  const line = source.slice(0, at).split('\n').length;
  const text = source.split('\n')[line - 1] ?? '';
  const unclosed = /^unterminated (?<what>.*)$/.exec(error.message)?.groups?.['what'];
  if (unclosed !== undefined) return { line, text, unclosed: QUOTES[unclosed] ?? unclosed };
  const open = /to close '?(?<what>[^']*)'?$/.exec(error.message)?.groups?.['what'];
  const expected =
    open === undefined ? /^expected '(?<word>[^']*)'$/.exec(error.message)?.groups?.['word'] : CLOSING[open];
  const unexpected = tokenAt(source, at);
  return {
    line,
    text,
    ...(unexpected !== undefined && { unexpected }),
    ...(expected !== undefined && { expected }),
  };
}

/** The word or operator at a place; undefined at the end of the text. */
function tokenAt(source: string, at: number): string | undefined {
  const rest = source.slice(at);
  if (rest.trim() === '') return undefined;
  const [token = ''] = /^[ \t]*(?:\n|;;&|;;|;&|&&|\|\||[|&;()<>]|[^\s|&;()<>]+)/.exec(rest) ?? [];
  return token.trim() === '' ? 'newline' : token.trim();
}
