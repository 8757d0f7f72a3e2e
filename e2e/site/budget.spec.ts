import { expect, test } from '@playwright/test';
import { median, pageBudget, weighFonts, weighPages } from '../../scripts/bench/page-bytes.ts';

test('pages keep to their budget of bytes before any interaction', async () => {
  const pages = await weighPages();
  expect(pages.length).toBeGreaterThan(15);
  expect(median(pages.map((page) => page.total))).toBeLessThanOrEqual(pageBudget.median);
  expect(pages.filter((page) => page.total > pageBudget.worst)).toEqual([]);
  expect(pages.filter((page) => page.scripts > pageBudget.scripts)).toEqual([]);
  expect(await weighFonts()).toBeLessThanOrEqual(pageBudget.fonts);
});
