import { readFile } from 'node:fs/promises';
import { release } from '#course/release.ts';
import { verificationOf } from '#markdown/course/verification.ts';
import { expect, lessons, test } from './site.ts';

for (const lesson of lessons.filter((each) => each.blocks.length > 0)) {
  test(`${lesson.url} says when it was checked and on what, or that it was not`, async ({ page }) => {
    await page.goto(lesson.url);
    const said = page.locator('.verification');
    const checked = await verificationOf(lesson);
    await expect(said).toHaveAttribute('data-verified', checked ? 'yes' : 'no');
    if (!checked) {
      await expect(said).toContainText('Not yet checked');
      return;
    }
    await expect(said).toContainText(`Checked on Kubernetes ${checked.kubernetes} with kind v${checked.kind} on`);
    await expect(said.locator('time')).toHaveAttribute('datetime', checked.date);
    expect(checked.run + checked.notRun.length, 'every block is accounted for').toBe(lesson.blocks.length);
    for (const { id, reason } of checked.notRun) {
      await expect(said.locator('li', { has: page.locator(`a[href="#${id}"]`) })).toContainText(reason);
    }
  });
}

test('the cluster can be made by hand, of the very files that the checks use', async ({ page, request }) => {
  await page.goto('/your-own-cluster/');
  for (const name of ['cluster.yaml', 'prepare-node.sh']) {
    const file = await readFile(`e2e/kind/${name}`, 'utf8');
    expect(await (await request.get(`/${name}`)).text()).toBe(file);
    expect(await page.locator('.listing code').allTextContents()).toContain(file.trimEnd());
  }
  await expect(page.locator('.listing').first()).toContainText(`--image ${release.image}`);
  await page.locator('.listing .copy-listing').first().click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(
    'kind create cluster --config cluster.yaml',
  );
});
