import { expect, it } from 'vitest';
import { askReal, hasReal } from './real.ts';
import { keyOf, readAnswers, readTable } from './table.ts';

for (const kind of ['bash', 'busybox'] as const)
  it.skipIf(!hasReal(kind))(`${kind} answers as it was written down`, { timeout: 120_000 }, async () => {
    const table = readTable();
    const answers = readAnswers();
    const commands = table.commands.filter((each) => each.kind === kind);
    expect(await askReal({ ...table, commands })).toEqual(
      Object.fromEntries(commands.map((each) => [keyOf(each), answers[keyOf(each)]])),
    );
  });
