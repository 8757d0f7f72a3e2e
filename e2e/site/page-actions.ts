import type { Page } from '@playwright/test';
import type { NodeNames } from '#course/node-names.ts';

/** Opens every folded part of the text, so that its buttons can be clicked. */
export async function openAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('main details')) details.setAttribute('open', '');
  });
}

/** Sets the reader's node names as a reader does, under Settings. */
export async function setNames(page: Page, names: NodeNames): Promise<void> {
  await page.getByRole('button', { name: /settings/i }).click();
  for (const [name, own] of Object.entries(names)) await page.getByLabel(name, { exact: false }).first().fill(own);
  await page.getByRole('button', { name: 'Save names' }).click();
}
