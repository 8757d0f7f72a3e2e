import { release } from '#course/release.ts';
import { course, expect, lessons, pages, test } from './site.ts';

for (const lesson of lessons) {
  test(`${lesson.url} reads as a lesson`, async ({ page }) => {
    await page.goto(lesson.url);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(lesson.title);
    expect(await page.title()).toContain(lesson.title);
    const blocks = page.locator('main .command-block');
    await expect(blocks).toHaveCount(lesson.blocks.length);
    const shown = await page.locator('main .command-text').allTextContents();
    expect(shown).toEqual(lesson.blocks.flatMap((block) => block.commands.map((command) => command.text)));
    for (const command of lesson.blocks.flatMap((block) => block.commands)) {
      await expect(page.locator(`[id="${command.id}"]`)).toHaveCount(1);
    }
  });
}

test('each component page ends with two or three questions, and leads to the documentation of the release', async ({
  page,
}) => {
  for (const lesson of lessons.filter((each) => each.component !== undefined)) {
    await page.goto(lesson.url);
    const questions = await page.locator('main details.check').count();
    expect(questions, lesson.slug).toBeGreaterThanOrEqual(2);
    expect(questions, lesson.slug).toBeLessThanOrEqual(3);
    const docs = await page
      .locator('.lesson-docs a')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    expect(docs, lesson.slug).toEqual(lesson.docs.map(({ url }) => url));
    expect(docs.every((url) => url?.startsWith(release.docs))).toBe(true);
  }
});

test('every page has a description, a canonical address and a social description', async ({ page }) => {
  for (const url of pages) {
    await page.goto(url);
    const head = page.locator('head');
    expect(await head.locator('meta[name=description]').getAttribute('content'), url).toMatch(/^.{50,200}$/);
    expect(await head.locator('link[rel=canonical]').getAttribute('href'), url).toMatch(
      new RegExp(`^https://[^/]+${url}$`),
    );
    for (const property of ['og:title', 'og:description', 'og:url', 'og:image']) {
      expect(await head.locator(`meta[property="${property}"]`).count(), `${url} ${property}`).toBe(1);
    }
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
  }
});

test('previous and next walk the whole course in order', async ({ page }) => {
  const [first, ...rest] = lessons;
  await page.goto(first?.url ?? '/');
  for (const lesson of rest) {
    await page.locator('a[rel=next]').click();
    await expect(page).toHaveURL(lesson.url);
  }
  await expect(page.locator('a[rel=next]')).toHaveCount(0);
  for (const lesson of lessons.slice(0, -1).reverse()) {
    await page.locator('a[rel=prev]').click();
    await expect(page).toHaveURL(lesson.url);
  }
});

test('the course stands at the left, this page at the right, the way back above', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('/cluster-architecture/etcd/');
  const nav = page.getByRole('navigation', { name: 'Course' });
  await expect(nav.locator('[aria-current=page]')).toHaveText(/etcd/);
  for (const lesson of lessons) await expect(nav.locator(`a[href="${lesson.url}"]`)).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'On this page' })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Breadcrumb' })).toContainText(course.modules[0]?.title ?? '');
});

test('a page as plain Markdown', async ({ request }) => {
  const response = await request.get('/cluster-architecture/etcd.md');
  expect(response.headers()['content-type']).toContain('text/markdown');
  const text = await response.text();
  expect(text).toMatch(/^# etcd\n/);
  expect(text).toContain('member list');
  expect(text).not.toMatch(/<(Check|Note|Changed|Healthy|Sick)\b/);
});

test('an unknown address gets the 404 page, with ways on', async ({ page }) => {
  const response = await page.request.get('/no/such/page/');
  expect(response.status()).toBe(404);
  await page.goto('/404.html');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('main').getByRole('link').first()).toBeVisible();
});

test('sitemap and robots name every page', async ({ request }) => {
  const robots = await (await request.get('/robots.txt')).text();
  expect(robots).toMatch(/Sitemap: https:\/\/\S+\/sitemap-index\.xml/);
  const sitemap = await (await request.get('/sitemap-0.xml')).text();
  for (const url of pages) expect(sitemap).toContain(`${url}</loc>`);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });
  test('text, commands, answers and navigation are there', async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto('/cluster-architecture/etcd/');
    await expect(page.locator('main .command-text').first()).toBeVisible();
    await page.locator('main details.check summary').first().click();
    await expect(page.locator('main details.check').first()).toHaveAttribute('open', '');
    await page.getByText('Menu', { exact: true }).first().click();
    await expect(page.getByRole('navigation', { name: 'Course' }).locator('a').first()).toBeVisible();
  });
});
