import { expect, it } from 'vitest';
import { Random } from './random.ts';
import { uuid } from './uuid.ts';

it('makes UUIDs of version 4, the same for the same seed', () => {
  const made = Array.from(
    { length: 100 },
    (
      (random) => () =>
        uuid(random)
    )(new Random(7)),
  );
  for (const each of made)
    expect(each).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(made).size).toBe(100);
  expect(uuid(new Random(7))).toBe(made[0]);
});
