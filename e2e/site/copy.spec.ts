import { renameNodes } from '#course/node-names.ts';
import { openAll, setNames } from './page-actions.ts';
import { expect, lessons, test } from './site.ts';

const read = (page: import('@playwright/test').Page) => page.evaluate(() => navigator.clipboard.readText());

for (const lesson of lessons.filter((each) => each.blocks.length > 0)) {
  test(`${lesson.url}: each copy button yields its command`, async ({ page }) => {
    await page.goto(lesson.url);
    await openAll(page);
    for (const block of lesson.blocks) {
      const figure = page.locator(`figure[id="${block.id}"]`);
      for (const command of block.commands) {
        await figure.locator(`[id="${command.id}"] button.copy`).click();
        expect(await read(page), command.id).toBe(command.text);
      }
      if (block.commands.length > 1) {
        await figure.locator('button.copy-all').click();
        expect(await read(page), block.id).toBe(block.commands.map((command) => command.text).join('\n'));
      }
    }
  });
}

test('copy works by keyboard and is spoken', async ({ page }) => {
  await page.goto('/cluster-architecture/kube-apiserver/');
  const button = page.locator('button.copy').first();
  await button.focus();
  await page.keyboard.press('Enter');
  expect(await read(page)).toBe(await page.locator('.command-text').first().textContent());
  await expect(page.locator('[role=status]')).toContainText(/copied/i);
});

test.describe('my node names', () => {
  const names = { cp1: 'controlplane', w1: 'node01', w2: 'node02' };

  test('are followed by shown commands, copy and print, and survive a reload', async ({ page }) => {
    await page.goto('/cluster-architecture/kube-apiserver/');
    await setNames(page, names);
    await page.reload();
    const lesson = lessons.find((each) => each.slug === 'kube-apiserver');
    const expected = lesson?.blocks.flatMap((block) =>
      block.commands.map((command) => renameNodes(command.text, names)),
    );
    expect(await page.locator('main .command-text').allTextContents()).toEqual(expected);
    expect(expected?.join('\n')).toContain('kube-apiserver-controlplane');
    const named = page.locator('.command-line', { hasText: 'kube-apiserver-controlplane' }).first();
    const button = named.locator('button.copy');
    await button.click();
    expect(await read(page)).toContain('kube-apiserver-controlplane');
  });

  test('that cannot be names are refused with the reason', async ({ page }) => {
    await page.goto('/cluster-architecture/etcd/');
    await page.getByRole('button', { name: /settings/i }).click();
    await page.getByLabel('cp1', { exact: false }).first().fill('Not A Name');
    await page.getByLabel('cp1', { exact: false }).first().press('Enter');
    await expect(page.getByText('Use lower case letters, digits')).toBeVisible();
    await page.reload();
    await expect(page.locator('main')).not.toContainText('Not A Name');
  });
});
