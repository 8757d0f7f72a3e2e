/** What printf(1) says of an argument that is no number; the value is what could be read of it. */
export type PrintfComplaint = (argument: string, why: 'invalid number' | 'not completely converted') => void;

export interface PrintfOptions {
  readonly complain: PrintfComplaint;
  /** `%q` of a shell. */
  readonly quote?: (text: string) => string;
  /** Whether the format is used again while arguments are left: not in awk. */
  readonly repeats: boolean;
}

/** A directive that is none; the message is what stands behind the program's name. */
export class PrintfError extends Error {
  override readonly name = 'PrintfError';
}

const DIRECTIVE =
  /%(?<flags>[-+ #0']*)(?<width>\*|\d+)?(?:\.(?<precision>\*|-?\d+)?(?<dot>))?(?<length>[hlLjzt]*)(?<conversion>[\s\S])?/y;

/**
 * Formats as printf(1) does: the format is used again while arguments are left, and what is missing is empty or zero. `%b` and `%c` are
 * there, `\c` ends all output.
 *
 * @throws PrintfError for a directive that there is not
 */
export function formatPrintf(format: string, args: readonly string[], options: PrintfOptions): string {
  const run = new PrintfRun(args, options);
  for (;;) {
    const before = run.used;
    const text = run.once(format);
    if (text.isEnded || !options.repeats || run.used >= args.length || run.used === before) return run.output;
  }
}

class PrintfRun {
  output = '';
  used = 0;
  readonly #args: readonly string[];
  readonly #options: PrintfOptions;

  constructor(args: readonly string[], options: PrintfOptions) {
    this.#args = args;
    this.#options = options;
  }

  once(format: string): { readonly isEnded: boolean } {
    for (let index = 0; index < format.length; ) {
      const character = format[index];
      if (character === '\\') {
        const found = readEscape(format, index, false);
        if (found.ends) return { isEnded: true };
        this.output += found.text;
        index = found.end;
      } else if (character === '%') {
        DIRECTIVE.lastIndex = index;
        const match = DIRECTIVE.exec(format);
        const groups = match?.groups ?? {};
        const { conversion } = groups;
        if (conversion === undefined) throw new PrintfError(`\`${format.slice(index)}': missing format character`);
        if (this.#convert(groups, conversion)) return { isEnded: true };
        index = DIRECTIVE.lastIndex;
      } else {
        this.output += character;
        index += 1;
      }
    }
    return { isEnded: false };
  }

  #next(): string | undefined {
    const argument = this.#args[this.used];
    this.used += 1;
    return argument;
  }

  /** @returns true when all output ends here */
  #convert(groups: Readonly<Record<string, string | undefined>>, conversion: string): boolean {
    if (conversion === '%') {
      this.output += '%';
      return false;
    }
    const flags = groups['flags'] ?? '';
    const width = this.#size(groups['width']) ?? 0;
    const precision = groups['dot'] === undefined ? undefined : (this.#size(groups['precision']) ?? 0);
    const shape: Shape = {
      isLeft: flags.includes('-') || width < 0,
      isZeroed: flags.includes('0'),
      sign: flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '',
      isAlternate: flags.includes('#'),
      width: Math.abs(width),
      precision: precision !== undefined && precision < 0 ? undefined : precision,
    };
    if (conversion === 'b') {
      const { text, isEnded } = expandEscapes(this.#next() ?? '');
      this.output += pad(cut(text, shape), shape);
      return isEnded;
    }
    this.output += this.#formatted(conversion, shape);
    return false;
  }

  #formatted(conversion: string, shape: Shape): string {
    if (conversion === 's') return pad(cut(this.#next() ?? '', shape), shape);
    if (conversion === 'c') return pad((this.#next() ?? '').slice(0, 1), shape);
    if (conversion === 'q' && this.#options.quote) return pad(this.#options.quote(this.#next() ?? ''), shape);
    if ('diouxX'.includes(conversion)) return formatInteger(this.#integer(), conversion, shape);
    if ('eEfFgG'.includes(conversion)) return formatFloat(this.#float(), conversion, shape);
    throw new PrintfError(`\`${conversion}': invalid format character`);
  }

  #size(text: string | undefined): number | undefined {
    if (text === '*') return Number(this.#integer());
    return text === undefined ? undefined : Number(text);
  }

  #integer(): bigint {
    const argument = this.#next() ?? '';
    if (/^["']/.test(argument)) return BigInt(argument.codePointAt(1) ?? 0);
    const text = argument.trimStart();
    const [number = ''] = /^[-+]?(?:0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text) ?? [];
    if (number !== text)
      this.#options.complain(argument, number === '' ? 'invalid number' : 'not completely converted');
    const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(number) ?? [];
    const value = digits === '' ? 0n : BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
    return sign === '-' ? -value : value;
  }

  #float(): number {
    const argument = this.#next() ?? '';
    const text = argument.trim();
    const [number = ''] =
      /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|0[xX][\da-fA-F]+|inf(?:inity)?|nan)/i.exec(text) ?? [];
    if (number !== text)
      this.#options.complain(argument, number === '' ? 'invalid number' : 'not completely converted');
    if (/inf/i.test(number)) return number.startsWith('-') ? -Infinity : Infinity;
    return number === '' ? 0 : Number(number);
  }
}

interface Shape {
  readonly isLeft: boolean;
  readonly isZeroed: boolean;
  readonly sign: string;
  readonly isAlternate: boolean;
  readonly width: number;
  readonly precision: number | undefined;
}

function cut(text: string, { precision }: Shape): string {
  return precision === undefined ? text : [...text].slice(0, precision).join('');
}

function pad(text: string, { isLeft, width }: Shape): string {
  const missing = Math.max(0, width - [...text].length);
  return isLeft ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}

function formatInteger(value: bigint, conversion: string, shape: Shape): string {
  const isSigned = conversion === 'd' || conversion === 'i';
  const amount = isSigned ? (value < 0n ? -value : value) : BigInt.asUintN(64, value);
  const radix = conversion === 'o' ? 8 : conversion === 'x' || conversion === 'X' ? 16 : 10;
  const sign = isSigned ? (value < 0n ? '-' : shape.sign) : '';
  const digits = amount.toString(radix).padStart(shape.precision ?? 0, '0');
  const mark = shape.isAlternate && amount !== 0n ? (radix === 16 ? '0x' : radix === 8 ? '0' : '') : '';
  const text = numberText(sign + mark, digits, { ...shape, isZeroed: shape.isZeroed && shape.precision === undefined });
  return conversion === 'X' ? text.toUpperCase() : text;
}

function formatFloat(value: number, conversion: string, shape: Shape): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : shape.sign;
  const digits = floatDigits(Math.abs(value), conversion.toLowerCase(), shape);
  const text = numberText(sign, digits, { ...shape, isZeroed: shape.isZeroed && Number.isFinite(value) });
  return /[EFG]/.test(conversion) ? text.toUpperCase() : text;
}

function floatDigits(value: number, conversion: string, { precision = 6, isAlternate }: Shape): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : 'inf';
  if (conversion === 'f') return value.toFixed(Math.min(precision, 100));
  if (conversion === 'e') return exponential(value.toExponential(Math.min(precision, 100)));
  const significant = Math.max(1, Math.min(precision, 100));
  const exponent = value === 0 ? 0 : Number(/e(?<exponent>.*)$/.exec(value.toExponential(significant - 1))?.[1]);
  const isPlain = exponent >= -4 && exponent < significant;
  const text = isPlain
    ? value.toFixed(Math.min(100, Math.max(0, significant - 1 - exponent)))
    : exponential(value.toExponential(significant - 1));
  return isAlternate ? text : text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '');
}

/** C writes at least two digits of an exponent. */
function exponential(text: string): string {
  return text.replace(/e([-+])(\d)$/, 'e$10$2');
}

function numberText(sign: string, digits: string, shape: Shape): string {
  if (!shape.isZeroed || shape.isLeft) return pad(sign + digits, shape);
  return sign + digits.padStart(shape.width - sign.length, '0');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** All escapes of a text, as `echo -e` and `%b` have them; `\c` ends everything. */
export function expandEscapes(text: string): { readonly text: string; readonly isEnded: boolean } {
  let expanded = '';
  for (let index = 0; index < text.length; ) {
    if (text[index] !== '\\') {
      expanded += text[index];
      index += 1;
      continue;
    }
    const found = readEscape(text, index, true);
    if (found.ends) return { text: expanded, isEnded: true };
    expanded += found.text;
    index = found.end;
  }
  return { text: expanded, isEnded: false };
}

/** @param isArgument octal numbers begin with a zero there */
function readEscape(
  text: string,
  start: number,
  isArgument: boolean,
): { readonly text: string; readonly end: number; readonly ends?: boolean } {
  const rest = text.slice(start + 1);
  const [character = ''] = rest;
  const plain = ESCAPES[character];
  if (plain !== undefined) return { text: plain, end: start + 2 };
  if (character === 'c' && isArgument) return { text: '', end: start + 2, ends: true };
  if (!isArgument && (character === '"' || character === "'")) return { text: character, end: start + 2 };
  const [octal, digits] = (isArgument ? /^0([0-7]{0,3})/ : /^([0-7]{1,3})/).exec(rest) ?? [];
  if (octal !== undefined)
    return { text: String.fromCharCode(Number.parseInt(digits || '0', 8) & 0xff), end: start + 1 + octal.length };
  const [code, hexadecimal] =
    /^(?:x([\da-fA-F]{1,2})|u([\da-fA-F]{1,4})|U([\da-fA-F]{1,8}))/
      .exec(rest)
      ?.filter((group) => group !== undefined) ?? [];
  if (code !== undefined && hexadecimal !== undefined)
    return { text: String.fromCodePoint(Number.parseInt(hexadecimal, 16)), end: start + 1 + code.length };
  return { text: `\\${character}`, end: start + 1 + character.length };
}
