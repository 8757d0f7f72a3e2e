/** A quantity that cannot be read (resource.ErrFormatWrong). */
export class QuantityError extends Error {
  override readonly name = 'QuantityError';
  constructor() {
    super("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  }
}

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const FORM = /^(?<sign>[+-]?)(?<digits>\d+\.?\d*|\.\d+)(?<suffix>[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+|)$/;

/** How a quantity is written: with powers of 1024, of 1000, or as an exponent. */
type Format = 'binary' | 'decimal' | 'exponent';

/**
 * An amount of a resource, exact to the nano (apimachinery, pkg/api/resource.Quantity): `500m` CPUs, `64Mi` bytes, `3` pods.
 */
export class Quantity {
  /** In billionths. */
  readonly #nano: bigint;
  readonly #format: Format;

  private constructor(nano: bigint, format: Format) {
    this.#nano = nano;
    this.#format = format;
  }

  /** @throws QuantityError */
  static parse(text: string | number): Quantity {
    const parts = FORM.exec(String(text))?.groups;
    if (!parts) throw new QuantityError();
    const { sign, digits = '', suffix = '' } = parts;
    const [whole = '', fraction = ''] = digits.split('.');
    const format: Format = suffix.endsWith('i') ? 'binary' : /^[eE][+-]?\d/.test(suffix) ? 'exponent' : 'decimal';
    let nano = BigInt(`${whole}${fraction}` || '0');
    let exponent = 9 - fraction.length;
    if (format === 'binary') nano *= 1024n ** BigInt(BINARY.indexOf(suffix));
    else if (format === 'exponent') exponent += Number(suffix.slice(1));
    else exponent += 3 * (DECIMAL.indexOf(suffix) - 3);
    // Beyond nano the real one rounds up.
    nano = exponent >= 0 ? nano * 10n ** BigInt(exponent) : ceilDivide(nano, 10n ** BigInt(-exponent));
    return new Quantity(sign === '-' ? -nano : nano, format);
  }

  /** In thousandths: CPUs in millicores. */
  static fromMilli(milli: number): Quantity {
    return new Quantity(BigInt(milli) * 1_000_000n, 'decimal');
  }

  static zero(): Quantity {
    return new Quantity(0n, 'decimal');
  }

  /** In thousandths, rounded up. */
  get milli(): number {
    return Number(ceilDivide(this.#nano, 1_000_000n));
  }

  /** In ones, rounded up. */
  get value(): number {
    return Number(ceilDivide(this.#nano, 1_000_000_000n));
  }

  get isNegative(): boolean {
    return this.#nano < 0n;
  }

  get isZero(): boolean {
    return this.#nano === 0n;
  }

  get isInteger(): boolean {
    return this.#nano % 1_000_000_000n === 0n;
  }

  /** The sum, written as this one is unless this one is zero. */
  plus(other: Quantity): Quantity {
    return new Quantity(this.#nano + other.#nano, this.isZero ? other.#format : this.#format);
  }

  minus(other: Quantity): Quantity {
    return new Quantity(this.#nano - other.#nano, this.isZero ? other.#format : this.#format);
  }

  /** Negative, zero or positive, as for sort. */
  compare(other: Quantity): number {
    return this.#nano < other.#nano ? -1 : this.#nano > other.#nano ? 1 : 0;
  }

  /** The canonical form: no fraction, the largest suffix that has none. */
  toString(): string {
    if (this.#nano === 0n) return '0';
    const sign = this.#nano < 0n ? '-' : '';
    const nano = this.#nano < 0n ? -this.#nano : this.#nano;
    if (this.#format === 'binary' && nano % 1_000_000_000n === 0n && nano >= 1024n * 1_000_000_000n) {
      return sign + scaled(nano / 1_000_000_000n, 1024n, BINARY);
    }
    if (this.#format === 'exponent') return sign + withExponent(nano);
    return sign + scaled(nano, 1000n, DECIMAL);
  }
}

function scaled(amount: bigint, step: bigint, suffixes: readonly string[]): string {
  let rest = amount;
  let index = 0;
  while (index < suffixes.length - 1 && rest % step === 0n) {
    rest /= step;
    index += 1;
  }
  return `${rest}${suffixes[index]}`;
}

function withExponent(nano: bigint): string {
  let rest = nano;
  let exponent = -9;
  while (rest % 1000n === 0n) {
    rest /= 1000n;
    exponent += 3;
  }
  return exponent === 0 ? `${rest}` : `${rest}e${exponent}`;
}

/** Rounds away from zero. */
function ceilDivide(amount: bigint, by: bigint): bigint {
  const whole = amount / by;
  if (amount % by === 0n) return whole;
  return amount > 0n ? whole + 1n : whole - 1n;
}

export function isQuantity(text: string | number): boolean {
  return FORM.test(String(text));
}

/** A canonical quantity, or what was given when it is none: validation speaks of it. */
export function canonicalQuantity(text: string | number): string {
  try {
    return Quantity.parse(text).toString();
  } catch {
    return String(text);
  }
}
