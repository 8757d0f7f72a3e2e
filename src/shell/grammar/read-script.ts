import {
  type AndOr,
  type CommandNode,
  type CompoundList,
  type Assignment as ParsedAssignment,
  type Redirection as ParsedRedirection,
  type ParsedScript,
  type Statement as ParsedStatement,
  type TestExpression as ParsedTest,
  type Word as ParsedWord,
  type PipelineNode,
  parse,
} from 'unbash';
import { findProblem } from './problem.ts';
import { EMPTY, type Nested, readBody, readWord } from './read-word.ts';
import type {
  Argument,
  Assignment,
  Block,
  Command,
  Redirection,
  Script,
  SimpleCommand,
  Statement,
  TestExpression,
  Word,
} from './syntax.ts';

/** Reads a text of bash. It is read to its end: what stands in the lines before a mistake can still be executed. */
export function readScript(text: string): Script {
  return new Reader(text).script(parse(text));
}

/** Reads a text with expansions but without quotes, as a heredoc is and a prompt. */
export function readText(text: string): Word {
  return readBody(text, new Reader(text));
}

/** The names of the commands in a text, where they are plain words: aliases may stand for them. */
export function commandNames(text: string): readonly { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = [];
  const search = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) {
      for (const child of node) search(child);
      return;
    }
    if ('type' in node && node.type === 'Command' && 'name' in node) {
      const name = node.name as ParsedWord | undefined;
      if (name && name.text === name.value && !name.parts) found.push({ start: name.pos, end: name.end });
    }
    search(Object.values(node));
  };
  search(parse(text).commands);
  return found.sort((one, other) => one.start - other.start);
}

class Reader implements Nested {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  script(parsed: ParsedScript | undefined): Script {
    if (!parsed) return { statements: [] };
    // Backquotes with backslashes in them have a text of their own.
    if (parsed.source !== undefined && parsed.source !== this.#source) return readScript(parsed.source);
    const problem = findProblem(parsed, this.#source);
    if (!problem) return { statements: this.#block(parsed.commands) };
    const whole = parsed.commands.filter(({ end }) => this.#line(end) < problem.line);
    return { statements: this.#block(whole), problem };
  }

  words(text: string): readonly ParsedWord[] {
    const [statement] = parse(`: ${text}`).commands;
    if (statement?.command.type !== 'Command') return [];
    return statement.command.suffix.filter((item): item is ParsedWord => item.type === 'Word');
  }

  body(text: string): ReturnType<Nested['body']> {
    const delimiter = 'E'.repeat(1 + Math.max(0, ...[...text.matchAll(/^E+$/gm)].map(([line]) => line.length)));
    const [statement] = parse(`: <<${delimiter}\n${text}\n${delimiter}\n`).commands;
    const [document] = statement?.command.type === 'Command' ? statement.command.redirects : [];
    if (document?.type !== 'HereDoc' || !document.body.parts) return { text, parts: undefined };
    const parts = [...document.body.parts];
    const last = parts.at(-1);
    // The newline before the delimiter.
    if (last?.type === 'Literal')
      parts[parts.length - 1] = { ...last, text: last.text.slice(0, -1), value: last.value.slice(0, -1) };
    return { text, parts };
  }

  #line(position: number): number {
    let line = 1;
    for (let at = this.#source.indexOf('\n'); at >= 0 && at < position; at = this.#source.indexOf('\n', at + 1))
      line += 1;
    return line;
  }

  #block(statements: readonly ParsedStatement[]): Block {
    return statements.map((statement) => this.#statement(statement));
  }

  #list(list: CompoundList): Block {
    return this.#block(list.commands);
  }

  #statement({ command, background, pos, end }: ParsedStatement): Statement {
    const text = this.#source
      .slice(pos, end)
      .replace(/[\s;&]+$/, '')
      .trim();
    return { command: this.#command(command), isBackground: background ?? false, line: this.#line(pos), text };
  }

  #word(word: ParsedWord | undefined): Word {
    return word ? readWord(word, this) : EMPTY;
  }

  #command(node: PipelineNode | AndOr | CompoundList): Command {
    switch (node.type) {
      case 'Command':
        return this.#simple(node);
      case 'Pipeline':
        return {
          kind: 'pipeline',
          commands: node.commands.map((command) => this.#command(command)),
          takesErrors: node.operators.map((operator) => operator === '|&'),
        };
      case 'Negation':
        return { kind: 'not', command: node.command ? this.#command(node.command) : NOTHING };
      case 'Time':
        return {
          kind: 'time',
          isPosix: node.posix !== undefined,
          ...(node.command && { command: this.#command(node.command) }),
        };
      case 'AndOr':
        return this.#andOr(node);
      case 'Redirected':
        return {
          kind: 'redirected',
          command: this.#command(node.command),
          redirections: node.redirects.map((redirect) => this.#redirection(redirect)),
        };
      case 'CompoundList':
        return { kind: 'group', body: this.#list(node) };
      default:
        return this.#compound(node);
    }
  }

  #andOr({ commands, operators }: AndOr): Command {
    const [first, ...others] = commands;
    if (!first) return NOTHING;
    const rest = others.map((command, index) => ({
      operator: operators[index] ?? ('&&' as const),
      command: this.#command(command),
    }));
    return { kind: 'list', first: this.#command(first), rest };
  }

  #compound(node: Exclude<CommandNode, { type: 'Command' | 'Redirected' }>): Command {
    switch (node.type) {
      case 'If': {
        const branches = [{ condition: this.#list(node.clause), body: this.#list(node.then) }];
        let rest = node.else;
        for (; rest?.type === 'If'; rest = rest.else)
          branches.push({ condition: this.#list(rest.clause), body: this.#list(rest.then) });
        return { kind: 'if', branches, ...(rest && { otherwise: this.#list(rest) }) };
      }
      case 'While':
        return {
          kind: 'while',
          isUntil: node.kind === 'until',
          condition: this.#list(node.clause),
          body: this.#list(node.body),
        };
      case 'For': {
        const words = node.wordlist?.map((word) => this.#word(word));
        return { kind: 'for', name: node.name.value, body: this.#list(node.body), ...(words && { words }) };
      }
      case 'ArithmeticFor': {
        const text = this.#source.slice(node.pos, node.end);
        const [start = '', condition = '', step = ''] = (/\(\((?<parts>[\s\S]*?)\)\)/.exec(text)?.[1] ?? '').split(';');
        const line = this.#line(node.pos);
        const read = (part: string) => readBody(part.trim(), this);
        return {
          kind: 'count',
          start: read(start),
          condition: read(condition),
          step: read(step),
          line,
          body: this.#list(node.body),
        };
      }
      case 'Case':
        return {
          kind: 'case',
          word: this.#word(node.word),
          items: node.items.map(({ pattern, body, terminator = ';;' }) => ({
            patterns: pattern.map((word) => this.#word(word)),
            body: this.#list(body),
            terminator,
          })),
        };
      case 'BraceGroup':
        return { kind: 'group', body: this.#list(node.body) };
      case 'Subshell':
        return { kind: 'subshell', body: this.#list(node.body) };
      case 'Function':
        return {
          kind: 'function',
          name: node.name.text,
          body: this.#command(node.body),
          text: this.#source.slice(node.pos, node.end),
        };
      case 'TestCommand':
        return { kind: 'test', expression: this.#test(node.expression), line: this.#line(node.pos) };
      case 'ArithmeticCommand':
        return { kind: 'arithmetic', expression: readBody(node.body, this), line: this.#line(node.pos) };
      case 'Select':
        return { kind: 'missing', what: 'select' };
      case 'Coproc':
        return { kind: 'missing', what: 'coproc' };
    }
  }

  #simple(node: Extract<CommandNode, { type: 'Command' }>): SimpleCommand {
    const assignments: Assignment[] = [];
    const words: Argument[] = node.name ? [{ kind: 'word', word: this.#word(node.name) }] : [];
    const redirections: Redirection[] = [];
    for (const item of node.prefix) {
      if (item.type === 'Assignment') assignments.push(this.#assignment(item));
      else redirections.push(this.#redirection(item));
    }
    for (const item of node.suffix) {
      if (item.type === 'Word') words.push({ kind: 'word', word: this.#word(item) });
      else if (item.type === 'Assignment') words.push({ kind: 'assignment', assignment: this.#assignment(item) });
      else redirections.push(this.#redirection(item));
    }
    return { kind: 'simple', line: this.#line(node.pos), assignments, arguments: words, redirections };
  }

  #assignment({ name, index, append = false, value, text }: ParsedAssignment): Assignment {
    const [whole] = this.words(text);
    return {
      name,
      isAppended: append,
      ...(index && { index: this.#word(index) }),
      value:
        value.type === 'Word' ? this.#word(value) : { elements: value.elements.map((element) => this.#word(element)) },
      word: this.#word(whole),
    };
  }

  #redirection(redirect: ParsedRedirection): Redirection {
    const descriptor = redirect.descriptor?.type === 'FileDescriptor' ? redirect.descriptor.value : undefined;
    if (redirect.type === 'Redirect') {
      const { operator, target } = redirect;
      return { kind: 'file', operator, target: this.#word(target), ...(descriptor !== undefined && { descriptor }) };
    }
    if (redirect.type === 'HereString')
      return { kind: 'text', descriptor: descriptor ?? 0, text: this.#word(redirect.target), isLine: true };
    const { body, operator, delimiter } = redirect;
    const text = operator === '<<-' ? body.text.replace(/^\t+/gm, '') : body.text;
    const word = delimiter?.quoted ? { parts: [{ kind: 'text' as const, text, isQuoted: true }], text } : undefined;
    return { kind: 'text', descriptor: descriptor ?? 0, text: word ?? readBody(text, this), isLine: false };
  }

  #test(expression: ParsedTest): TestExpression {
    switch (expression.type) {
      case 'TestUnary':
        return { kind: 'unary', operator: expression.operator, operand: this.#word(expression.operand) };
      case 'TestBinary':
        return {
          kind: 'binary',
          operator: expression.operator,
          left: this.#word(expression.left),
          right: this.#word(expression.right),
        };
      case 'TestLogical':
        return {
          kind: 'logical',
          operator: expression.operator,
          left: this.#test(expression.left),
          right: this.#test(expression.right),
        };
      case 'TestNot':
        return { kind: 'not', operand: this.#test(expression.operand) };
      case 'TestGroup':
        return this.#test(expression.expression);
    }
  }
}

const NOTHING: Command = { kind: 'group', body: [] };
