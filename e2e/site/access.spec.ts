import AxeBuilder from '@axe-core/playwright';
import { expect, pages, test } from './site.ts';

for (const scheme of ['light', 'dark'] as const) {
  test.describe(`in the ${scheme} theme`, () => {
    test.use({ colorScheme: scheme });
    for (const url of [...pages, '/404.html']) {
      test(`axe finds nothing on ${url}`, async ({ page }) => {
        await page.goto(url);
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
          .analyze();
        expect(violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);
      });
    }
  });
}

test('the keyboard walks a page: skip link first, focus always visible, nothing traps', async ({ page }) => {
  await page.goto('/cluster-architecture/kube-apiserver/');
  await page.keyboard.press('Tab');
  await expect(page.locator(':focus')).toHaveText(/skip/i);
  const seen = new Set<string>();
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement || element instanceof SVGElement) || element === document.body)
        return undefined;
      const style = getComputedStyle(element);
      const ring = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0;
      const label = element.getAttribute('aria-label') ?? element.textContent?.trim() ?? element.tagName;
      return { ring: ring || style.boxShadow !== 'none', label: `${element.tagName} ${label.slice(0, 60)}` };
    });
    if (!focus) continue;
    expect(focus.ring, `no focus ring on ${focus.label}`).toBe(true);
    seen.add(focus.label);
  }
  expect(seen.size).toBeGreaterThan(25);
});

for (const width of [320, 360, 768, 1440]) {
  test(`nothing scrolls sideways at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    for (const url of pages) {
      await page.goto(url);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, url).toBeLessThanOrEqual(0);
    }
  });
}

test('controls are big enough to hit (WCAG 2.5.8)', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto('/cluster-architecture/kube-apiserver/');
  const small = await page.locator('button:visible, summary:visible, input:visible').evaluateAll((elements) =>
    elements
      .map((element) => ({ box: element.getBoundingClientRect(), html: element.outerHTML.slice(0, 100) }))
      .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
      .map(({ html }) => html),
  );
  expect(small).toEqual([]);
});
