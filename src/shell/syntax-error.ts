import type { SyntaxProblem } from '#grammar/syntax.ts';
import type { Shell } from './shell.ts';

/** Tells of a text that is no script, in each shell's own way. @param builtin who was given it */
export function complainOfSyntax(shell: Shell, problem: SyntaxProblem, builtin?: string): void {
  const line = problem.line + shell.lineOffset;
  if (shell.flavor === 'bash') complainAsBash(shell, problem, line);
  else {
    shell.line = line;
    const words = (shell.flavor === 'ash' ? ashSentence : dashSentence)(problem);
    shell.complain(shell.flavor === 'ash' ? `syntax error: ${words}` : `Syntax error: ${words}`, builtin);
  }
}

function complainAsBash(shell: Shell, problem: SyntaxProblem, line: number): void {
  const { unclosed, unexpected, text } = problem;
  const from = `${shell.source}: ${shell.options.has('command') ? '-c: ' : ''}`;
  const at = (number: number) => (shell.isTyped ? from : `${from}line ${number}: `);
  if (unclosed !== undefined)
    shell.error(`${at(unclosed === ')' ? line + 1 : line)}unexpected EOF while looking for matching \`${unclosed}'\n`);
  else if (unexpected === undefined) shell.error(`${at(line + 1)}syntax error: unexpected end of file\n`);
  else {
    shell.error(`${at(line)}syntax error near unexpected token \`${unexpected}'\n`);
    if (!shell.isTyped && unexpected !== 'newline') shell.error(`${at(line)}\`${text}'\n`);
  }
}

function ashSentence({ unclosed, unexpected, expected }: SyntaxProblem): string {
  const hope = expected === undefined ? '' : ` (expecting "${expected}")`;
  if (unclosed === '}') return "missing '}'";
  if (unclosed === ')') return 'unexpected end of file (expecting ")")';
  if (unclosed !== undefined) return 'unterminated quoted string';
  if (unexpected === undefined) return `unexpected end of file${hope}`;
  return unexpected === 'newline' ? `unexpected newline${hope}` : `unexpected "${unexpected}"${hope}`;
}

function dashSentence({ unclosed, unexpected, expected }: SyntaxProblem): string {
  const hope = expected === undefined ? '' : ` (expecting "${expected}")`;
  if (unclosed === '}') return "Missing '}'";
  if (unclosed === ')') return 'end of file unexpected (expecting ")")';
  if (unclosed !== undefined) return 'Unterminated quoted string';
  if (unexpected === undefined) return `end of file unexpected${hope}`;
  return unexpected === 'newline' ? `newline unexpected${hope}` : `"${unexpected}" unexpected${hope}`;
}
