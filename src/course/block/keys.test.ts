import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { keyNames } from './keys.ts';

it('AUTHORING.md shows every key by example', async () => {
  const guide = await readFile('AUTHORING.md', 'utf8');
  const table = guide.split('\n').filter((line) => line.startsWith('| `'));
  for (const name of keyNames)
    expect(
      table.some((line) => line.split('|')[2]?.includes(name)),
      name,
    ).toBe(true);
});
