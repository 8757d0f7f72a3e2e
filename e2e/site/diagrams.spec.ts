import { expect, lessons, test } from './site.ts';

const WANTED: Readonly<Record<string, RegExp>> = {
  overview: /architecture|cluster/i,
  'communication-flow': /create deployment/i,
  containerd: /containerd|CRI/,
  'kube-controller-manager': /reconcil/i,
  'kube-scheduler': /filter|bind|schedul/i,
  kubelet: /static pod/i,
};

for (const [slug, title] of Object.entries(WANTED)) {
  test(`${slug} has its diagram, with a title and a text alternative`, async ({ page }) => {
    await page.goto(`/cluster-architecture/${slug}/`);
    const figure = page.locator('figure.diagram').filter({ hasText: title }).first();
    await expect(figure).toBeVisible();
    const svg = figure.locator('svg').first();
    for (const attribute of ['aria-labelledby', 'aria-describedby']) {
      const id = (await svg.getAttribute(attribute)) ?? '';
      await expect(page.locator(`[id="${id}"]`), `${attribute} of ${slug}`).not.toBeEmpty();
    }
    await expect(svg.locator('foreignObject, script, style, [style]')).toHaveCount(0);
  });
}

test('the boxes of the architecture lead to the component pages', async ({ page }) => {
  await page.goto('/cluster-architecture/overview/');
  const components = lessons.filter((lesson) => lesson.component !== undefined);
  expect(components).toHaveLength(8);
  for (const lesson of components) {
    await expect(page.locator(`figure.diagram svg a[href="${lesson.url}"]`).first(), lesson.slug).toBeVisible();
  }
  await page.locator('figure.diagram svg a[href="/cluster-architecture/etcd/"]').first().click();
  await expect(page).toHaveURL('/cluster-architecture/etcd/');
});

test('diagrams are readable on a phone: no text under 12 px', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const slug of Object.keys(WANTED)) {
    await page.goto(`/cluster-architecture/${slug}/`);
    const smallest = await page.locator('figure.diagram svg text').evaluateAll((texts) =>
      Math.min(
        ...texts.map((text) => {
          const scale = (text as SVGTextElement).getScreenCTM()?.a ?? 1;
          return Number.parseFloat(getComputedStyle(text).fontSize) * scale;
        }),
      ),
    );
    expect(smallest, slug).toBeGreaterThanOrEqual(11.9);
  }
});

test('diagrams follow the theme', async ({ page }) => {
  const ink = () =>
    page
      .locator('figure.diagram svg text')
      .first()
      .evaluate((text) => getComputedStyle(text).fill);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/cluster-architecture/kube-scheduler/');
  const light = await ink();
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await ink()).not.toBe(light);
});
