import type { Routine } from '#kernel/coroutine.ts';
import type { Invocation } from '../tool.ts';
import { expressionOf, FUNCTIONS, splitText, substitute } from './functions.ts';
import { Jump } from './jump.ts';
import { calculate, holds } from './operators.ts';
import { type AwkArray, AwkError, type AwkState } from './state.ts';
import type { AwkStreams } from './streams.ts';
import type { AwkProgram, Expression, Statement, Target } from './syntax.ts';
import { compareValues, formatValues, fromOutside, isTrue, toNumber, toText, type Value } from './values.ts';

const MAX_DEPTH = 1_000;

/** Carries out a program of awk. */
export class Interpreter {
  readonly #invocation: Invocation;
  readonly #program: AwkProgram;
  readonly #state: AwkState;
  readonly #streams: AwkStreams;
  readonly #expressions = new Map<string, RegExp>();
  /** Ranges that have begun. */
  readonly #open = new Set<number>();
  #depth = 0;

  constructor(invocation: Invocation, program: AwkProgram, state: AwkState, streams: AwkStreams) {
    this.#invocation = invocation;
    this.#program = program;
    this.#state = state;
    this.#streams = streams;
  }

  /** @throws AwkError, RegularExpressionError */
  *run(): Routine<number> {
    const { rules } = this.#program;
    const of = (when: 'BEGIN' | 'END') => rules.filter((rule) => rule.when === when);
    let status = 0;
    try {
      for (const { action = [] } of of('BEGIN')) yield* this.#block(action);
      if (rules.some(({ when }) => when !== 'BEGIN')) {
        while (yield* this.#streams.nextRecord()) yield* this.#record();
      }
    } catch (error) {
      if (!(error instanceof Jump) || error.kind !== 'exit') throw error;
      status = toNumber(error.value);
      if (error.value === undefined) status = 0;
    }
    try {
      for (const { action = [] } of of('END')) yield* this.#block(action);
    } catch (error) {
      if (!(error instanceof Jump) || error.kind !== 'exit') throw error;
      if (error.value !== undefined) status = toNumber(error.value);
    }
    return status;
  }

  *#record(): Routine<void> {
    try {
      for (const [index, { when, pattern, until, action }] of this.#program.rules.entries()) {
        if (when !== 'each') continue;
        if (pattern && !(yield* this.#applies(index, pattern, until))) continue;
        if (action) yield* this.#block(action);
        else this.#streams.print(`${this.#state.record}${this.#state.textOf('ORS')}`);
      }
    } catch (error) {
      if (!(error instanceof Jump) || error.kind !== 'next') throw error;
    }
    yield* this.#invocation.process.streams.drain();
  }

  *#applies(index: number, pattern: Expression, until: Expression | undefined): Routine<boolean> {
    if (!until) return isTrue(yield* this.#value(pattern));
    if (!this.#open.has(index)) {
      if (!isTrue(yield* this.#value(pattern))) return false;
      this.#open.add(index);
    }
    if (isTrue(yield* this.#value(until))) this.#open.delete(index);
    return true;
  }

  *#block(statements: readonly Statement[]): Routine<void> {
    for (const statement of statements) yield* this.#execute(statement);
  }

  *#execute(statement: Statement): Routine<void> {
    switch (statement.kind) {
      case 'expression':
        yield* this.#value(statement.expression);
        break;
      case 'print':
        yield* this.#print(statement);
        break;
      case 'block':
        yield* this.#block(statement.body);
        break;
      case 'if':
        if (isTrue(yield* this.#value(statement.test))) yield* this.#execute(statement.body);
        else if (statement.otherwise) yield* this.#execute(statement.otherwise);
        break;
      case 'while': {
        if (statement.isTestedAfter && !(yield* this.#turn(statement.body))) break;
        while (isTrue(yield* this.#value(statement.test))) if (!(yield* this.#turn(statement.body))) break;
        break;
      }
      case 'for':
        if (statement.start) yield* this.#execute(statement.start);
        while (!statement.test || isTrue(yield* this.#value(statement.test))) {
          if (!(yield* this.#turn(statement.body))) break;
          if (statement.step) yield* this.#execute(statement.step);
        }
        break;
      case 'each':
        for (const key of [...this.#state.array(statement.array).keys()]) {
          this.#state.set(statement.name, fromOutside(key));
          if (!(yield* this.#turn(statement.body))) break;
        }
        break;
      case 'delete':
        if (statement.keys) this.#state.array(statement.array).delete(yield* this.#key(statement.keys));
        else this.#state.array(statement.array).clear();
        break;
      case 'exit':
      case 'return':
        throw new Jump(statement.kind, statement.value && (yield* this.#value(statement.value)));
      default:
        throw new Jump(statement.kind);
    }
  }

  /** @returns false after `break` */
  *#turn(body: Statement): Routine<boolean> {
    try {
      yield* this.#execute(body);
    } catch (error) {
      if (!(error instanceof Jump)) throw error;
      if (error.kind === 'break') return false;
      if (error.kind !== 'continue') throw error;
    }
    return true;
  }

  *#print({ isFormatted, args, output }: Extract<Statement, { kind: 'print' }>): Routine<void> {
    const values: Value[] = [];
    for (const arg of args) values.push(yield* this.#value(arg));
    const state = this.#state;
    const text = isFormatted
      ? formatValues(state.text(values[0]), values.slice(1), state.textOf('CONVFMT'))
      : `${values.length === 0 ? state.record : values.map((value) => toText(value, state.textOf('OFMT'))).join(state.textOf('OFS'))}${state.textOf('ORS')}`;
    if (output) this.#streams.write(output.kind, state.text(yield* this.#value(output.to)), text);
    else this.#streams.print(text);
  }

  *#key(keys: readonly Expression[]): Routine<string> {
    const texts: string[] = [];
    for (const key of keys) texts.push(this.#state.text(yield* this.#value(key)));
    return texts.join(this.#state.textOf('SUBSEP'));
  }

  *#value(expression: Expression): Routine<Value> {
    switch (expression.kind) {
      case 'number':
      case 'string':
        return expression.value;
      case 'expression':
        return this.#matches(this.#state.record, expression.source) ? 1 : 0;
      case 'variable':
        return this.#state.get(expression.name);
      case 'field':
        return this.#state.field(yield* this.#fieldNumber(expression.index));
      case 'element': {
        const array = this.#state.array(expression.array);
        const key = yield* this.#key(expression.keys);
        // To ask for an element makes it.
        if (!array.has(key)) array.set(key, undefined);
        return array.get(key);
      }
      case 'assign':
        return yield* this.#assign(expression);
      case 'step': {
        const before = toNumber(yield* this.#value(expression.target));
        yield* this.#store(expression.target, before + expression.step);
        return expression.isPrefix ? before + expression.step : before;
      }
      case 'conditional':
        return yield* this.#value(
          isTrue(yield* this.#value(expression.test)) ? expression.consequent : expression.alternate,
        );
      case 'binary':
        return yield* this.#binary(expression);
      case 'unary': {
        const operand = yield* this.#value(expression.operand);
        if (expression.operator === '!') return isTrue(operand) ? 0 : 1;
        return expression.operator === '-' ? -toNumber(operand) : toNumber(operand);
      }
      case 'in':
        return this.#state.array(expression.array).has(yield* this.#key(expression.keys)) ? 1 : 0;
      case 'call':
        return yield* this.#call(expression.name, expression.args);
      case 'getline':
        return yield* this.#getline(expression);
      case 'group': {
        let last: Value;
        for (const item of expression.items) last = yield* this.#value(item);
        return last;
      }
    }
  }

  *#fieldNumber(expression: Expression): Routine<number> {
    const index = Math.trunc(toNumber(yield* this.#value(expression)));
    if (index < 0) throw new AwkError(`negative field index $${index}`);
    return index;
  }

  *#assign({ operator, target, value }: Extract<Expression, { kind: 'assign' }>): Routine<Value> {
    const right = yield* this.#value(value);
    const result =
      operator === '='
        ? right
        : this.#calculate(operator.slice(0, -1), toNumber(yield* this.#value(target)), toNumber(right));
    yield* this.#store(target, result);
    return result;
  }

  *#store(target: Target, value: Value): Routine<void> {
    if (target.kind === 'variable') this.#state.set(target.name, value);
    else if (target.kind === 'field') this.#state.setField(yield* this.#fieldNumber(target.index), value);
    else this.#state.array(target.array).set(yield* this.#key(target.keys), value);
  }

  *#binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): Routine<Value> {
    if (operator === '&&' || operator === '||') {
      const isFirst = isTrue(yield* this.#value(left));
      if (isFirst === (operator === '||')) return isFirst ? 1 : 0;
      return isTrue(yield* this.#value(right)) ? 1 : 0;
    }
    const one = yield* this.#value(left);
    if (operator === '~' || operator === '!~') {
      const source = right.kind === 'expression' ? right.source : this.#state.text(yield* this.#value(right));
      return this.#matches(this.#state.text(one), source) === (operator === '~') ? 1 : 0;
    }
    const other = yield* this.#value(right);
    if (operator === ' ') return this.#state.text(one) + this.#state.text(other);
    if (/^[<>=!]/.test(operator))
      return holds(operator, compareValues(one, other, this.#state.textOf('CONVFMT'))) ? 1 : 0;
    return this.#calculate(operator, toNumber(one), toNumber(other));
  }

  /** mawk takes what is divided by zero for infinite, busybox for an error. */
  #calculate(operator: string, left: number, right: number): number {
    if (right === 0 && '/%'.includes(operator) && this.#invocation.dialect === 'busybox')
      throw new AwkError('Division by zero');
    return calculate(operator, left, right);
  }

  #matches(text: string, source: string): boolean {
    const expression = this.#expressions.get(source) ?? expressionOf(source);
    this.#expressions.set(source, expression);
    expression.lastIndex = 0;
    return expression.test(text);
  }

  *#call(name: string, args: readonly Expression[]): Routine<Value> {
    const definition = this.#program.functions.get(name);
    if (definition) return yield* this.#callDefined(name, args);
    const [first, second, third] = args;
    const state = this.#state;
    if (name === 'split' && second?.kind === 'variable') {
      const text = state.text(first && (yield* this.#value(first)));
      const isExpression = third?.kind === 'expression';
      const separator = isExpression
        ? third.source
        : third
          ? state.text(yield* this.#value(third))
          : state.textOf('FS');
      const array = state.array(second.name);
      array.clear();
      for (const [key, value] of splitText(text, separator, isExpression)) array.set(key, value);
      return array.size;
    }
    if (name === 'sub' || name === 'gsub') return yield* this.#substitute(name === 'gsub', args);
    if (name === 'length' && first?.kind === 'variable' && state.arrayIfThere(first.name))
      return state.array(first.name).size;
    const values: Value[] = [];
    for (const arg of args) values.push(arg.kind === 'expression' ? arg.source : yield* this.#value(arg));
    if (name === 'length' && values.length === 0) return [...state.record].length;
    if (name === 'system') return yield* this.#streams.system(state.text(values[0]));
    if (name === 'close') return yield* this.#streams.close(state.text(values[0]));
    const own = FUNCTIONS[name];
    if (!own) throw new AwkError(`function ${name} never defined`);
    return own(values, state, this.#invocation.process.kernel);
  }

  *#substitute(isGlobal: boolean, [pattern, replacement, target]: readonly Expression[]): Routine<Value> {
    if (!pattern || !replacement) throw new AwkError('not enough arguments passed to sub');
    const source = pattern.kind === 'expression' ? pattern.source : this.#state.text(yield* this.#value(pattern));
    const to: Expression = target ?? { kind: 'field', index: { kind: 'number', value: 0 } };
    const before = this.#state.text(yield* this.#value(to));
    const text = this.#state.text(yield* this.#value(replacement));
    const { text: changed, count } = substitute(before, expressionOf(source), text, isGlobal);
    if (count > 0 && (to.kind === 'variable' || to.kind === 'field' || to.kind === 'element'))
      yield* this.#store(to, changed);
    return count;
  }

  /** Arrays are given as themselves, all else by its value. */
  *#callDefined(name: string, args: readonly Expression[]): Routine<Value> {
    const definition = this.#program.functions.get(name);
    if (!definition) return undefined;
    if (this.#depth >= MAX_DEPTH) throw new AwkError('function call nesting is too deep');
    const frame = new Map<string, Value | AwkArray>();
    const untyped: (readonly [parameter: string, variable: string])[] = [];
    for (const [index, parameter] of definition.parameters.entries()) {
      const arg = args[index];
      const array = arg?.kind === 'variable' ? this.#state.arrayIfThere(arg.name) : undefined;
      if (arg?.kind === 'variable' && !array && arg.name !== 'NF' && this.#state.isUnset(arg.name))
        untyped.push([parameter, arg.name]);
      frame.set(parameter, array ?? (arg && (yield* this.#value(arg))));
    }
    this.#state.enter(frame);
    this.#depth += 1;
    let result: Value;
    try {
      yield* this.#block(definition.body);
    } catch (error) {
      if (!(error instanceof Jump) || error.kind !== 'return') throw error;
      result = error.value;
    } finally {
      this.#depth -= 1;
      const left = this.#state.leave();
      // What was nothing yet, and was used as an array, is one outside too.
      for (const [parameter, variable] of untyped) {
        const made = left?.get(parameter);
        if (made instanceof Map) for (const [key, value] of made) this.#state.array(variable).set(key, value);
      }
    }
    return result;
  }

  *#getline({ target, file, command }: Extract<Expression, { kind: 'getline' }>): Routine<Value> {
    const state = this.#state;
    const name = file ?? command;
    const source = name && state.text(yield* this.#value(name));
    const line =
      source === undefined
        ? yield* this.#streams.nextLine()
        : yield* this.#streams.readFrom(command ? 'command' : 'file', source);
    if (typeof line !== 'string') return line === undefined ? 0 : -1;
    if (source === undefined || command) state.set('NR', toNumber(state.get('NR')) + 1);
    if (source === undefined) state.set('FNR', toNumber(state.get('FNR')) + 1);
    if (target) yield* this.#store(target, fromOutside(line));
    else state.record = line;
    return 1;
  }
}
