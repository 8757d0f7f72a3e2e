import { expect, test } from 'vitest';
import { canonicalQuantity, Quantity, QuantityError } from './quantity.ts';

test('a quantity is written in its canonical form', () => {
  const pairs = {
    '0.5': '500m',
    '1.0': '1',
    '100m': '100m',
    '1000m': '1',
    '1024Ki': '1Mi',
    '1.5Gi': '1536Mi',
    '1000Ki': '1000Ki',
    '128974848': '128974848',
    '129e6': '129e6',
    '123Mi': '123Mi',
    '1E': '1E',
    '1000k': '1M',
    '0': '0',
    '-5': '-5',
    '12345': '12345',
  };
  for (const [text, canonical] of Object.entries(pairs)) expect(Quantity.parse(text).toString(), text).toBe(canonical);
});

test('quantities are added, subtracted and compared exactly', () => {
  const sum = ['100m', '200m', '0.7'].map(Quantity.parse).reduce((a, b) => a.plus(b), Quantity.zero());
  expect(sum.toString()).toBe('1');
  expect(Quantity.parse('1Gi').minus(Quantity.parse('512Mi')).toString()).toBe('512Mi');
  expect(Quantity.parse('1Gi').compare(Quantity.parse('1G'))).toBeGreaterThan(0);
  expect(Quantity.parse('1500m').milli).toBe(1500);
  expect(Quantity.parse('1500m').value).toBe(2);
});

test('what is no quantity is refused', () => {
  for (const text of ['', 'a', '1.2.3', '1Kii', '--1', '1 Gi'])
    expect(() => Quantity.parse(text), text).toThrow(QuantityError);
  expect(canonicalQuantity('lots')).toBe('lots');
});
