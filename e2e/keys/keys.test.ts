import { describe, expect, it } from 'vitest';
import { typeOurs } from './ours.ts';
import { readKeyTable, readScreens } from './table.ts';

const table = readKeyTable();
const screens = readScreens();

describe.each(Object.entries(table.keys))('%s', (_, lists) => {
  it.each(lists)('%s', async (keys) => {
    expect(await typeOurs(table, keys)).toEqual(screens[keys]);
  });
});
