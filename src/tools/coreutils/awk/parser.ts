import { Expressions } from './expressions.ts';
import { isFunction } from './functions.ts';
import { tokenize } from './lexer.ts';
import {
  type AwkProgram,
  AwkSyntaxError,
  type Expression,
  type FunctionDefinition,
  type Output,
  type Rule,
  type Statement,
} from './syntax.ts';

/** @throws AwkSyntaxError */
export function readAwkProgram(text: string): AwkProgram {
  return new Parser(tokenize(text)).program();
}

class Parser extends Expressions {
  program(): AwkProgram {
    const rules: Rule[] = [];
    const functions = new Map<string, FunctionDefinition>();
    this.skipEnds();
    while (this.peek().kind !== 'end') {
      if (this.isKeyword('function') || this.isKeyword('func')) {
        this.next();
        functions.set(this.next().text, this.#functionDefinition());
      } else rules.push(this.#rule());
      this.skipEnds();
    }
    for (const name of this.called)
      if (!functions.has(name) && !isFunction(name))
        throw new AwkSyntaxError(`line ${this.peek().line + 1}: function ${name} never defined`);
    return { rules, functions };
  }

  #functionDefinition(): FunctionDefinition {
    this.demand('(');
    const parameters: string[] = [];
    while (!this.takes(')')) {
      parameters.push(this.next().text);
      this.takes(',');
      this.skipNewlines();
    }
    this.skipNewlines();
    return { parameters, body: this.#block() };
  }

  #rule(): Rule {
    for (const when of ['BEGIN', 'END'] as const) {
      if (!this.isKeyword(when)) continue;
      this.next();
      return { when, action: this.#block() };
    }
    if (this.isOperator('{')) return { when: 'each', action: this.#block() };
    const pattern = this.expression();
    let until: Expression | undefined;
    if (this.takes(',')) {
      this.skipNewlines();
      until = this.expression();
    }
    const action = this.isOperator('{') ? this.#block() : undefined;
    return { when: 'each', pattern, ...(until && { until }), ...(action && { action }) };
  }

  #block(): readonly Statement[] {
    this.demand('{');
    const body: Statement[] = [];
    this.skipEnds();
    while (!this.takes('}')) {
      if (this.peek().kind === 'end')
        throw new AwkSyntaxError(`line ${this.peek().line + 1}: missing } near end of file`);
      body.push(this.#statement());
      this.skipEnds();
    }
    return body;
  }

  /** The body of a loop or a condition: newlines may stand before it. */
  #body(): Statement {
    this.skipNewlines();
    if (this.takes(';')) return { kind: 'block', body: [] };
    return this.#statement();
  }

  #statement(): Statement {
    if (this.isOperator('{')) return { kind: 'block', body: this.#block() };
    const token = this.peek();
    const statement = token.kind === 'keyword' ? this.#keyword(token.text) : undefined;
    return statement ?? this.#simple();
  }

  #keyword(keyword: string): Statement | undefined {
    switch (keyword) {
      case 'if':
        return this.#if();
      case 'while': {
        this.next();
        const test = this.#condition();
        return { kind: 'while', test, body: this.#body(), isTestedAfter: false };
      }
      case 'do': {
        this.next();
        const body = this.#body();
        this.skipEnds();
        if (!this.isKeyword('while')) this.fail();
        this.next();
        return { kind: 'while', test: this.#condition(), body, isTestedAfter: true };
      }
      case 'for':
        return this.#for();
      default:
        return undefined;
    }
  }

  #condition(): Expression {
    this.demand('(');
    const test = this.expression();
    this.demand(')');
    return test;
  }

  #if(): Statement {
    this.next();
    const test = this.#condition();
    const body = this.#body();
    const before = this.position;
    this.skipEnds();
    if (!this.isKeyword('else')) {
      this.position = before;
      return { kind: 'if', test, body };
    }
    this.next();
    return { kind: 'if', test, body, otherwise: this.#body() };
  }

  #for(): Statement {
    this.next();
    this.demand('(');
    const [name, keyword, array, close] = this.ahead(4);
    if (name?.kind === 'name' && keyword?.text === 'in' && array?.kind === 'name' && close?.text === ')') {
      this.position += 4;
      return { kind: 'each', name: name.text, array: array.text, body: this.#body() };
    }
    const start = this.isOperator(';') ? undefined : this.#simple();
    this.demand(';');
    this.skipNewlines();
    const test = this.isOperator(';') ? undefined : this.expression();
    this.demand(';');
    this.skipNewlines();
    const step = this.isOperator(')') ? undefined : this.#simple();
    this.demand(')');
    return { kind: 'for', ...(start && { start }), ...(test && { test }), ...(step && { step }), body: this.#body() };
  }

  #simple(): Statement {
    const token = this.peek();
    if (token.kind !== 'keyword' || token.text === 'getline')
      return { kind: 'expression', expression: this.expression() };
    this.next();
    switch (token.text) {
      case 'print':
      case 'printf':
        return this.#print(token.text === 'printf');
      case 'break':
      case 'continue':
      case 'next':
        return { kind: token.text };
      case 'exit':
      case 'return': {
        const value = this.atStatementEnd ? undefined : this.expression();
        return { kind: token.text, ...(value && { value }) };
      }
      case 'delete': {
        const array = this.next().text;
        const keys = this.takes('[') ? this.list(']') : undefined;
        return { kind: 'delete', array, ...(keys && { keys }) };
      }
      default:
        return this.fail(token);
    }
  }

  #print(isFormatted: boolean): Statement {
    const args = this.printArguments();
    const output = this.#output();
    return { kind: 'print', isFormatted, args, ...(output && { output }) };
  }

  #output(): Output | undefined {
    for (const kind of ['>>', '>', '|'] as const) {
      if (!this.takes(kind)) continue;
      return { kind, to: this.outputTarget() };
    }
    return undefined;
  }
}
