import { expect, test } from '@playwright/test';
import { checklist } from './checklist/module-02.ts';

const pages = [...new Set(checklist.map((each) => each.page))];

for (const page of pages) {
  const items = checklist.filter((each) => each.page === page);
  test(`${page} holds its ${items.length} items`, async ({ page: browser }) => {
    await browser.goto(`/cluster-architecture/${page}/`);
    const text = (await browser.locator('main').textContent()) ?? '';
    const commands = await browser.locator('main .command-text').allTextContents();
    const missing = items.filter(
      (each) =>
        (each.text && !each.text.test(text)) ||
        (each.command && !commands.some((command) => each.command?.test(command))),
    );
    expect(missing.map((each) => each.item)).toEqual([]);
  });
}
