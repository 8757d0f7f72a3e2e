import type { Token } from './lexer.ts';
import { AwkSyntaxError, type Expression, type Target } from './syntax.ts';

const ASSIGNMENTS = ['=', '+=', '-=', '*=', '/=', '%=', '^='];
const COMPARISONS = ['<', '<=', '==', '!=', '>', '>='];

/** Reads the expressions of a program, by descent: what binds loosest first. */
export abstract class Expressions {
  position = 0;
  /** Functions that are called. */
  readonly called = new Set<string>();
  readonly #tokens: readonly Token[];
  /** In what `print` is given, `>` is where it goes to. */
  #isInPrint = false;
  /** In the head of a `for`, `in` may be the loop's. */
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(): Token {
    return this.#tokens[this.position] ?? { kind: 'end', text: 'end of file', line: 1 };
  }

  ahead(count: number): readonly Token[] {
    return this.#tokens.slice(this.position, this.position + count);
  }

  next(): Token {
    const token = this.peek();
    this.position += 1;
    return token;
  }

  /** @throws AwkSyntaxError */
  fail(token = this.peek()): never {
    throw new AwkSyntaxError(`line ${token.line}: syntax error at or near ${token.text}`);
  }

  isOperator(text: string): boolean {
    const token = this.peek();
    return token.kind === 'operator' && token.text === text;
  }

  isKeyword(text: string): boolean {
    const token = this.peek();
    return token.kind === 'keyword' && token.text === text;
  }

  takes(text: string): boolean {
    if (!this.isOperator(text)) return false;
    this.position += 1;
    return true;
  }

  demand(text: string): void {
    if (!this.takes(text)) this.fail();
  }

  skipNewlines(): void {
    while (this.peek().kind === 'newline') this.position += 1;
  }

  skipEnds(): void {
    while (this.peek().kind === 'newline' || this.isOperator(';')) this.position += 1;
  }

  get atStatementEnd(): boolean {
    const { kind } = this.peek();
    return kind === 'newline' || kind === 'end' || this.isOperator(';') || this.isOperator('}');
  }

  expression(): Expression {
    const left = this.#conditional();
    const token = this.peek();
    if (token.kind !== 'operator' || !ASSIGNMENTS.includes(token.text) || !isTarget(left)) return left;
    this.next();
    this.skipNewlines();
    return { kind: 'assign', operator: token.text, target: left, value: this.expression() };
  }

  /** Expressions up to a closing bracket, which is taken. */
  list(close: string): readonly Expression[] {
    const items: Expression[] = [];
    const isInPrint = this.#isInPrint;
    this.#isInPrint = false;
    this.#depth += 1;
    this.skipNewlines();
    while (!this.takes(close)) {
      items.push(this.expression());
      this.skipNewlines();
      if (this.takes(',')) this.skipNewlines();
      else if (!this.isOperator(close)) this.fail();
    }
    this.#depth -= 1;
    this.#isInPrint = isInPrint;
    return items;
  }

  printArguments(): readonly Expression[] {
    if (this.atStatementEnd || this.isOperator('>') || this.isOperator('>>') || this.isOperator('|')) return [];
    this.#isInPrint = true;
    const items = [this.expression()];
    while (this.takes(',')) {
      this.skipNewlines();
      items.push(this.expression());
    }
    this.#isInPrint = false;
    const [only] = items;
    return items.length === 1 && only?.kind === 'group' ? only.items : items;
  }

  /** Where output goes: an expression without `>`. */
  outputTarget(): Expression {
    this.#isInPrint = true;
    const target = this.#conditional();
    this.#isInPrint = false;
    return target;
  }

  #conditional(): Expression {
    const test = this.#or();
    if (!this.takes('?')) return test;
    this.skipNewlines();
    const consequent = this.expression();
    this.skipNewlines();
    this.demand(':');
    this.skipNewlines();
    return { kind: 'conditional', test, consequent, alternate: this.expression() };
  }

  #or(): Expression {
    let left = this.#and();
    while (this.takes('||')) {
      this.skipNewlines();
      left = { kind: 'binary', operator: '||', left, right: this.#and() };
    }
    return left;
  }

  #and(): Expression {
    let left = this.#in();
    while (this.takes('&&')) {
      this.skipNewlines();
      left = { kind: 'binary', operator: '&&', left, right: this.#in() };
    }
    return left;
  }

  #in(): Expression {
    let left = this.#match();
    while (this.isKeyword('in')) {
      this.next();
      left = { kind: 'in', keys: left.kind === 'group' ? left.items : [left], array: this.next().text };
    }
    return left;
  }

  #match(): Expression {
    let left = this.#comparison();
    for (;;) {
      const operator = this.isOperator('~') ? '~' : this.isOperator('!~') ? '!~' : undefined;
      if (operator === undefined) return left;
      this.next();
      left = { kind: 'binary', operator, left, right: this.#comparison() };
    }
  }

  #comparison(): Expression {
    const left = this.#piped();
    const { kind, text } = this.peek();
    if (kind !== 'operator' || !COMPARISONS.includes(text) || (text === '>' && this.#isInPrint)) return left;
    this.next();
    return { kind: 'binary', operator: text, left, right: this.#piped() };
  }

  /** `command | getline` */
  #piped(): Expression {
    let left = this.#concatenation();
    while (this.isOperator('|') && this.ahead(2)[1]?.text === 'getline') {
      this.position += 2;
      const target = this.#optionalTarget();
      left = { kind: 'getline', command: left, ...(target && { target }) };
    }
    return left;
  }

  #concatenation(): Expression {
    let left = this.#additive();
    while (this.#beginsOperand()) left = { kind: 'binary', operator: ' ', left, right: this.#additive() };
    return left;
  }

  #beginsOperand(): boolean {
    const { kind, text } = this.peek();
    if (kind === 'number' || kind === 'string' || kind === 'name' || kind === 'function' || kind === 'expression')
      return true;
    return kind === 'operator' && ['$', '!', '(', '-', '+', '++', '--'].includes(text);
  }

  #additive(): Expression {
    let left = this.#multiplicative();
    while (this.isOperator('+') || this.isOperator('-'))
      left = { kind: 'binary', operator: this.next().text, left, right: this.#multiplicative() };
    return left;
  }

  #multiplicative(): Expression {
    let left = this.#unary();
    while (this.isOperator('*') || this.isOperator('/') || this.isOperator('%'))
      left = { kind: 'binary', operator: this.next().text, left, right: this.#unary() };
    return left;
  }

  #unary(): Expression {
    for (const operator of ['!', '-', '+'] as const)
      if (this.takes(operator)) return { kind: 'unary', operator, operand: this.#unary() };
    return this.#power();
  }

  #power(): Expression {
    const base = this.#postfix();
    if (!this.takes('^')) return base;
    // To the right, and behind it a sign.
    const right = this.isOperator('-') || this.isOperator('+') || this.isOperator('!') ? this.#unary() : this.#power();
    return { kind: 'binary', operator: '^', left: base, right };
  }

  #postfix(): Expression {
    const operand = this.#primary();
    if (!isTarget(operand)) return operand;
    if (this.takes('++')) return { kind: 'step', target: operand, step: 1, isPrefix: false };
    if (this.takes('--')) return { kind: 'step', target: operand, step: -1, isPrefix: false };
    return operand;
  }

  #primary(): Expression {
    const token = this.next();
    switch (token.kind) {
      case 'number':
        return { kind: 'number', value: Number(token.text) };
      case 'string':
        return { kind: 'string', value: token.text };
      case 'expression':
        return { kind: 'expression', source: token.text };
      case 'function':
        this.demand('(');
        this.called.add(token.text);
        return { kind: 'call', name: token.text, args: this.list(')') };
      case 'name':
        return this.#named(token.text);
      case 'keyword':
        return token.text === 'getline' ? this.#getline() : this.fail(token);
      case 'operator':
        return this.#operator(token);
      default:
        return this.fail(token);
    }
  }

  #operator(token: Token): Expression {
    switch (token.text) {
      case '$':
        return { kind: 'field', index: this.#fieldIndex() };
      case '(': {
        const items = this.list(')');
        return { kind: 'group', items };
      }
      case '++':
      case '--': {
        const target = this.#primary();
        if (!isTarget(target)) this.fail(token);
        return { kind: 'step', target, step: token.text === '++' ? 1 : -1, isPrefix: true };
      }
      case '-':
      case '+':
      case '!':
        return { kind: 'unary', operator: token.text, operand: this.#unary() };
      default:
        return this.fail(token);
    }
  }

  /** `$NF`, `$i++` is `($i)++`, `$++i` */
  #fieldIndex(): Expression {
    if (this.takes('++')) return { kind: 'step', target: this.#target(), step: 1, isPrefix: true };
    if (this.takes('-')) return { kind: 'unary', operator: '-', operand: this.#primary() };
    return this.#primary();
  }

  #target(): Target {
    const operand = this.#primary();
    return isTarget(operand) ? operand : this.fail();
  }

  #named(name: string): Expression {
    if (this.takes('[')) return { kind: 'element', array: name, keys: this.list(']') };
    // A function of awk's own needs no brackets.
    return name === 'length' ? { kind: 'call', name, args: [] } : { kind: 'variable', name };
  }

  #optionalTarget(): Target | undefined {
    const { kind } = this.peek();
    return kind === 'name' || this.isOperator('$') ? this.#target() : undefined;
  }

  #getline(): Expression {
    const target = this.#optionalTarget();
    const file = this.takes('<') ? this.#primary() : undefined;
    return { kind: 'getline', ...(target && { target }), ...(file && { file }) };
  }
}

function isTarget(expression: Expression): expression is Target {
  return expression.kind === 'variable' || expression.kind === 'field' || expression.kind === 'element';
}
