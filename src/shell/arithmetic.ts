import { compare, digitValue, powerOf, wrap } from './arithmetic-operators.ts';
import { ExpansionError } from './control.ts';

/** The variables that an expression reads and changes. */
export interface ArithmeticVariables {
  get(name: string, key: string | undefined): string | undefined;
  set(name: string, key: string | undefined, value: string): void;
}

/** By their binding power, loosest first. */
const BINARY: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const ASSIGNMENTS = ['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '^=', '|='];
const TOKEN =
  /\s*(?:(?<number>\d+#[\w@]+|0[xX][\da-fA-F]+|\d\w*)|(?<name>[A-Za-z_]\w*)|(?<operator><<=|>>=|\*\*|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&^|]=|[-+*/%<>=!~&|^?:,()[\]]))/y;
const MAX_DEPTH = 1_024;

interface Token {
  readonly kind: 'number' | 'name' | 'operator';
  readonly text: string;
  readonly start: number;
}

/** A variable, or an element of one. */
interface Place {
  readonly name: string;
  readonly key: string | undefined;
}

/**
 * Evaluates an expression of the shell: integers of 64 bits that wrap around.
 *
 * @throws ExpansionError with bash's words
 */
export function evaluate(text: string, variables: ArithmeticVariables, depth = 0): bigint {
  if (depth > MAX_DEPTH)
    throw new ExpansionError(`${text}: expression recursion level exceeded (error token is "${text}")`, 'arithmetic');
  return new Evaluator(text.replaceAll('"', ''), variables, depth).run();
}

class Evaluator {
  readonly #text: string;
  readonly #variables: ArithmeticVariables;
  readonly #depth: number;
  readonly #tokens: readonly Token[];
  #next = 0;
  /** What is not evaluated has no effects: the other branch of `?:`, the right side of `&&` and `||`. */
  #isSkipped = false;

  constructor(text: string, variables: ArithmeticVariables, depth: number) {
    this.#text = text;
    this.#variables = variables;
    this.#depth = depth;
    this.#tokens = this.#tokenize();
  }

  run(): bigint {
    if (this.#tokens.length === 0) return 0n;
    const value = this.#comma();
    if (this.#peek()) this.#fail('syntax error in expression');
    return value;
  }

  #tokenize(): readonly Token[] {
    const tokens: Token[] = [];
    TOKEN.lastIndex = 0;
    for (let index = 0; this.#text.slice(index).trim() !== ''; index = TOKEN.lastIndex) {
      TOKEN.lastIndex = index;
      const groups = TOKEN.exec(this.#text)?.groups;
      const start = index + (/^\s*/.exec(this.#text.slice(index))?.[0].length ?? 0);
      if (!groups)
        throw new ExpansionError(
          `${this.#text}: syntax error: ${tokens.length === 0 || tokens.at(-1)?.kind === 'operator' ? 'operand expected' : 'invalid arithmetic operator'} (error token is "${this.#text.slice(start)}")`,
          'arithmetic',
        );
      const { number, name, operator = '' } = groups;
      tokens.push({
        kind: number !== undefined ? 'number' : name !== undefined ? 'name' : 'operator',
        text: number ?? name ?? operator,
        start,
      });
    }
    return tokens;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  #takes(operator: string): boolean {
    const token = this.#peek();
    if (token?.kind !== 'operator' || token.text !== operator) return false;
    this.#next += 1;
    return true;
  }

  /** @throws ExpansionError */
  #fail(what: string, token = this.#peek()): never {
    const rest = this.#text.slice(token?.start ?? this.#tokens.at(-1)?.start ?? 0);
    throw new ExpansionError(
      `${this.#text}: ${what} (error token is "${rest}")`,
      what.startsWith('division') ? 'division' : 'arithmetic',
    );
  }

  #comma(): bigint {
    let value = this.#assignment();
    while (this.#takes(',')) value = this.#assignment();
    return value;
  }

  #assignment(): bigint {
    const start = this.#next;
    const token = this.#peek();
    if (token?.kind === 'name') {
      const place = this.#place();
      const operator = this.#peek();
      if (operator?.kind === 'operator' && ASSIGNMENTS.includes(operator.text)) {
        this.#next += 1;
        const right = this.#assignment();
        const value =
          operator.text === '='
            ? right
            : this.#apply(operator.text.slice(0, -1), this.#value(place), right, this.#tokens[this.#next - 1]);
        this.#store(place, value);
        return value;
      }
      this.#next = start;
    }
    return this.#conditional();
  }

  #conditional(): bigint {
    const condition = this.#binary(0);
    if (!this.#takes('?')) return condition;
    const consequent = this.#skipping(condition === 0n, () => this.#assignment());
    if (!this.#takes(':')) this.#fail("`:' expected for conditional expression");
    const alternate = this.#skipping(condition !== 0n, () => this.#assignment());
    return condition === 0n ? alternate : consequent;
  }

  #skipping(isSkipped: boolean, part: () => bigint): bigint {
    const before = this.#isSkipped;
    this.#isSkipped ||= isSkipped;
    const value = part();
    this.#isSkipped = before;
    return value;
  }

  #binary(level: number): bigint {
    const operators = BINARY[level];
    if (!operators) return this.#power();
    let left = this.#binary(level + 1);
    for (;;) {
      const token = this.#peek();
      if (token?.kind !== 'operator' || !operators.includes(token.text)) return left;
      this.#next += 1;
      if (token.text === '&&') {
        const right = this.#skipping(left === 0n, () => this.#binary(level + 1));
        left = left !== 0n && right !== 0n ? 1n : 0n;
      } else if (token.text === '||') {
        const right = this.#skipping(left !== 0n, () => this.#binary(level + 1));
        left = left !== 0n || right !== 0n ? 1n : 0n;
      } else {
        const operand = this.#peek();
        const right = this.#binary(level + 1);
        left = this.#apply(token.text, left, right, operand);
      }
    }
  }

  #power(): bigint {
    const base = this.#unary();
    if (!this.#takes('**')) return base;
    const operand = this.#peek();
    return this.#apply('**', base, this.#power(), operand);
  }

  #apply(operator: string, left: bigint, right: bigint, operand: Token | undefined): bigint {
    if ((operator === '/' || operator === '%') && right === 0n) {
      if (this.#isSkipped) return 0n;
      this.#fail('division by 0', operand);
    }
    if (operator === '**' && right < 0n) this.#fail('exponent less than 0', operand);
    const shift = BigInt.asUintN(6, right);
    switch (operator) {
      case '**':
        return wrap(powerOf(left, right));
      case '*':
        return wrap(left * right);
      case '/':
        return wrap(left / right);
      case '%':
        return left % right;
      case '+':
        return wrap(left + right);
      case '-':
        return wrap(left - right);
      case '<<':
        return wrap(left << shift);
      case '>>':
        return left >> shift;
      case '&':
        return left & right;
      case '^':
        return left ^ right;
      case '|':
        return left | right;
      default:
        return compare(operator, left, right) ? 1n : 0n;
    }
  }

  #unary(): bigint {
    if (this.#takes('!')) return this.#unary() === 0n ? 1n : 0n;
    if (this.#takes('~')) return ~this.#unary();
    if (this.#takes('-')) return wrap(-this.#unary());
    if (this.#takes('+')) return this.#unary();
    for (const [operator, step] of STEPS) {
      if (!this.#takes(operator)) continue;
      // Two signs before a number: they cancel each other.
      if (this.#peek()?.kind !== 'name') return this.#unary();
      const place = this.#place();
      const value = wrap(this.#value(place) + step);
      this.#store(place, value);
      return value;
    }
    return this.#primary();
  }

  #primary(): bigint {
    const token = this.#peek();
    if (this.#takes('(')) {
      const value = this.#comma();
      if (!this.#takes(')')) this.#fail("missing `)'");
      return value;
    }
    if (token?.kind === 'number') {
      this.#next += 1;
      return this.#number(token);
    }
    if (token?.kind !== 'name') {
      this.#fail('syntax error: operand expected', token ?? this.#tokens.at(-1));
    }
    const place = this.#place();
    const value = this.#value(place);
    for (const [operator, step] of STEPS) {
      if (!this.#takes(operator)) continue;
      this.#store(place, wrap(value + step));
      return value;
    }
    return value;
  }

  #place(): Place {
    const token = this.#peek();
    const name = token?.text ?? '';
    this.#next += 1;
    if (!this.#takes('[')) return { name, key: undefined };
    const start = this.#peek()?.start ?? this.#text.length;
    for (let depth = 1; depth > 0; this.#next += 1) {
      const inside = this.#peek();
      if (!inside) this.#fail('bad array subscript');
      if (inside.text === '[') depth += 1;
      if (inside.text === ']') depth -= 1;
    }
    const end = this.#tokens[this.#next - 1]?.start ?? this.#text.length;
    return { name, key: this.#text.slice(start, end).trim() };
  }

  #value({ name, key }: Place): bigint {
    if (this.#isSkipped) return 0n;
    const text = this.#variables.get(name, key) ?? '';
    if (/^-?(?:0|[1-9]\d*)$/.test(text)) return wrap(BigInt(text));
    return text.trim() === '' ? 0n : evaluate(text, this.#variables, this.#depth + 1);
  }

  #store({ name, key }: Place, value: bigint): void {
    if (!this.#isSkipped) this.#variables.set(name, key, String(value));
  }

  #number(token: Token): bigint {
    const { text } = token;
    if (/^0[xX]/.test(text)) return wrap(BigInt(text));
    const [base, digits] = text.includes('#')
      ? text.split('#')
      : /^0\d/.test(text)
        ? ['8', text.slice(1)]
        : ['10', text];
    const radix = BigInt(base ?? '10');
    if (radix < 2n || radix > 64n) this.#fail('invalid arithmetic base', token);
    let value = 0n;
    for (const digit of digits ?? '') {
      const amount = digitValue(digit, radix);
      if (amount < 0n || amount >= radix) this.#fail('value too great for base', token);
      value = wrap(value * radix + amount);
    }
    return value;
  }
}

const STEPS: readonly (readonly [operator: string, step: bigint])[] = [
  ['++', 1n],
  ['--', -1n],
];
