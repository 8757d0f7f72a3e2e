/** What the operators of arithmetic do to integers of 64 bits. */

/** The value of a digit in a base; -1 when it is none. */
export function digitValue(digit: string, radix: bigint): bigint {
  const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_';
  return BigInt(digits.indexOf(radix <= 36n ? digit.toLowerCase() : digit));
}

export function compare(operator: string, left: bigint, right: bigint): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    case '<':
      return left < right;
    default:
      return left > right;
  }
}

/** By squaring, wrapping on the way: an exponent may be any. */
export function powerOf(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = wrap(base);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = wrap(result * square);
    square = wrap(square * square);
  }
  return result;
}

export function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}
