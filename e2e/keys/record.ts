import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { typeReal } from './real.ts';
import type { Screen } from './screen.ts';
import { readKeyTable } from './table.ts';

/** So many shells at a time. */
const PARALLEL = 6;

/** Types the table's keys into the real bash, and writes down what is to be seen. */
const table = readKeyTable();
const all = Object.values(table.keys).flat();
const waiting = [...all];
const screens: Record<string, Screen> = {};
await Promise.all(
  Array.from({ length: PARALLEL }, async () => {
    for (let keys = waiting.shift(); keys !== undefined; keys = waiting.shift())
      screens[keys] = await typeReal(table, keys);
  }),
);
const sorted = Object.fromEntries(all.map((keys) => [keys, screens[keys]]));
writeFileSync(join(import.meta.dirname, 'screens.json'), `${JSON.stringify(sorted, undefined, 2)}\n`);
