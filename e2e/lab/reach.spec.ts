import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../site/site.ts';
import { LabPage } from './lab-page.ts';

const PAGE = '/cluster-architecture/kube-apiserver/';

for (const scheme of ['light', 'dark'] as const)
  test.describe(`in the ${scheme} theme`, () => {
    test.use({ colorScheme: scheme });
    test('axe finds nothing on a page with the lab open, a command run, and its menus shown', async ({ page }) => {
      await page.goto(PAGE);
      const lab = new LabPage(page);
      await lab.open();
      await lab.openTab('cp1');
      await page.locator('.command .run').first().click();
      await expect(page.locator('.run-mark').first()).toHaveAttribute('data-state', 'done', { timeout: 30_000 });
      const faults = async () => {
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
          .analyze();
        return violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(' | ')}`);
      };
      expect(await faults()).toEqual([]);
      for (const name of [/^Time ×/, 'Lab', '+']) {
        await lab.dock.getByRole('button', { name, exact: typeof name === 'string' }).click();
        expect(await faults(), String(name)).toEqual([]);
        await page.keyboard.press('Escape');
      }
      await lab.choose('Start clean…');
      expect(await faults(), 'a notice').toEqual([]);
    });
  });

test('the keyboard alone leads from a heading to the terminal and back', async ({ page }) => {
  await page.goto(PAGE);
  const { keyboard } = page;
  const run = page.locator('.command .run').first();
  // Tab by Tab, as a reader without a mouse: the first Run button of the text.
  await page.locator('main h2 a, main .permalink').first().focus();
  for (let step = 0; step < 20 && !(await run.evaluate((button) => button === document.activeElement)); step += 1)
    await keyboard.press('Tab');
  await expect(run).toBeFocused();
  await keyboard.press('Enter');
  await expect(page.locator('.run-mark').first()).toHaveAttribute('data-tone', 'good', { timeout: 30_000 });
  // The keyboard stays where it was, until the reader goes to the terminal.
  await expect(run).toBeFocused();
  const lab = new LabPage(page);
  await keyboard.press('F6');
  await keyboard.type('echo typed');
  await keyboard.press('Enter');
  await lab.shows(/\ntyped\n/);
  // Tab belongs to the shell, F6 leaves it.
  await keyboard.press('Tab');
  await keyboard.press('F6');
  await expect(run).toBeFocused();
  await keyboard.press('F6');
  await keyboard.press('Shift+F6');
  await lab.tab('host').focus();
  await lab.openTab('cp1');
  await lab.tab('cp1').focus();
  await keyboard.press('ArrowLeft');
  await expect(lab.tab('host')).toHaveAttribute('aria-selected', 'true');
  await keyboard.press('ArrowRight');
  await keyboard.press('Delete');
  await expect(lab.tab('cp1')).toHaveCount(0);
});

test('hiding the lab gives the focus back, and the cluster runs on', async ({ page }) => {
  await page.goto(PAGE);
  const lab = new LabPage(page);
  await lab.open();
  await lab.answer('cd /tmp');
  await lab.dock.getByRole('button', { name: 'Hide the lab' }).click();
  await expect(lab.dock).toBeHidden();
  await expect(page.getByRole('button', { name: 'Lab', exact: true }).first()).toBeFocused();
  await page.keyboard.press('Enter');
  await lab.prompt();
  expect(await lab.answer('pwd')).toBe('/tmp');
});

test('the strip tells of a change, to eyes and to screen readers', async ({ page }) => {
  await page.goto(PAGE);
  const lab = new LabPage(page);
  await lab.open();
  await lab.speed('A minute in a second');
  const strip = page.getByRole('list', { name: 'The cluster at a glance' });
  await expect(strip).toContainText(/API server.*etcd.*controllers.*scheduler.*cp1.*w1.*w2/s);
  await lab.focus();
  await lab.answer('kubectl cordon w1');
  await expect(strip.getByRole('listitem').filter({ hasText: 'w1' })).toContainText('cordoned');
  await lab.answer("ssh w2 'sudo systemctl stop kubelet'");
  await expect(strip.getByRole('listitem').filter({ hasText: 'w2' })).toContainText('Unknown', { timeout: 30_000 });
  await expect(page.locator('[aria-live], [role="status"]').filter({ hasText: 'Node w2 is Unknown' })).toHaveCount(1);
});

test('for screen readers the terminal is text, and its letters grow', async ({ page }) => {
  await page.goto(PAGE);
  const lab = new LabPage(page);
  await lab.open();
  await lab.dock.getByRole('button', { name: 'Lab', exact: true }).click();
  await page.getByLabel('For screen readers').check();
  await page.keyboard.press('Escape');
  await lab.focus();
  await lab.type('echo heard');
  await expect(lab.screen.locator('.xterm-accessibility')).toContainText('heard');
  const height = () =>
    lab.screen
      .locator('.xterm-rows > div')
      .first()
      .evaluate((row) => row.clientHeight);
  const before = await height();
  await lab.dock.getByRole('button', { name: 'Lab', exact: true }).click();
  for (let step = 0; step < 3; step += 1) await page.getByRole('button', { name: 'Larger text' }).click();
  await page.keyboard.press('Escape');
  expect(await height()).toBeGreaterThan(before);
  // Both are remembered.
  await page.reload();
  await lab.open();
  expect(await height()).toBeGreaterThan(before);
  await expect(lab.screen.locator('.xterm-accessibility')).toHaveCount(1);
});

test('full screen, and back', async ({ page }) => {
  await page.goto(PAGE);
  const lab = new LabPage(page);
  await lab.open();
  await lab.dock.getByRole('button', { name: 'Full screen' }).click();
  await expect.poll(async () => (await lab.dock.boundingBox())?.height).toBe(900);
  await lab.dock.getByRole('button', { name: 'Full screen' }).click();
  await expect.poll(async () => (await lab.dock.boundingBox())?.height).toBeLessThan(500);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });
  test('the lab is a sheet that leaves the text readable', async ({ page }) => {
    await page.goto(PAGE);
    const run = page.locator('.command .run').first();
    await run.tap();
    await expect(page.locator('.run-mark').first()).toHaveAttribute('data-tone', 'good', { timeout: 30_000 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    const lab = new LabPage(page);
    const box = await lab.dock.boundingBox();
    expect(box).toMatchObject({ x: 0, width: 360 });
    expect(box?.height).toBeLessThan(740 * 0.7);
    // The command that was run is in sight above it.
    const command = await run.boundingBox();
    expect(command?.y).toBeLessThan(box?.y ?? 0);
    // The end of the page can be scrolled above the sheet.
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    const last = await page.locator('footer').last().boundingBox();
    expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThanOrEqual((box?.y ?? 0) + 1);
    const small = await lab.dock
      .locator('button:visible')
      .evaluateAll((buttons) => buttons.map((each) => each.getBoundingClientRect()).filter((each) => each.height < 24));
    expect(small).toEqual([]);
  });
});

test.describe('with reduced motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });
  test('nothing of the lab moves by itself', async ({ page }) => {
    await page.goto(PAGE);
    const lab = new LabPage(page);
    await lab.open();
    const moving = await page.evaluate(
      () =>
        [...document.querySelectorAll('#lab-dock, #lab-dock *')].filter((element) => {
          const { animationName, transitionDuration } = getComputedStyle(element);
          return (
            animationName !== 'none' || transitionDuration.split(', ').some((each) => Number.parseFloat(each) > 0.01)
          );
        }).length,
    );
    expect(moving).toBe(0);
  });
});
