import { expect, pages, test } from './site.ts';

test('every page carries the security headers', async ({ request }) => {
  for (const url of pages) {
    const headers = (await request.get(url)).headers();
    const policy = headers['content-security-policy'] ?? '';
    expect(policy, url).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/'unsafe-inline'|'unsafe-eval'|https?:/);
    expect(headers['strict-transport-security']).toMatch(/max-age=\d{8}/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBeTruthy();
    expect(headers['permissions-policy']).toBeTruthy();
  }
});

test('pages are fresh, hashed files are kept for long', async ({ page, request }) => {
  expect((await request.get('/')).headers()['cache-control']).toContain('must-revalidate');
  await page.goto('/cluster-architecture/etcd/');
  const hashed = await page.locator('link[rel=stylesheet][href^="/_astro/"]').first().getAttribute('href');
  expect((await request.get(hashed ?? '')).headers()['cache-control']).toContain('immutable');
});

test('no page sets a cookie or holds an inline script or style', async ({ context, page }) => {
  for (const url of pages) {
    await page.goto(url);
    const inline = await page
      .locator('script:not([src]), style, [style]')
      .evaluateAll((found) => found.map((each) => each.outerHTML));
    expect(
      inline.filter((html) => !html.includes('application/ld+json')),
      url,
    ).toEqual([]);
  }
  expect(await context.cookies()).toEqual([]);
});
