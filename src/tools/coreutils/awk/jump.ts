import type { Value } from './values.ts';

/** Ways out of an action. */
export class Jump extends Error {
  override readonly name = 'Jump';
  readonly kind: 'break' | 'continue' | 'next' | 'exit' | 'return';
  readonly value: Value;

  constructor(kind: Jump['kind'], value?: Value) {
    super(kind);
    this.kind = kind;
    this.value = value;
  }
}
