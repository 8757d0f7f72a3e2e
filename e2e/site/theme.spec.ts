import { expect, test } from './site.ts';

const background = (page: import('@playwright/test').Page) =>
  page.evaluate(
    () => getComputedStyle(document.documentElement).backgroundColor || getComputedStyle(document.body).backgroundColor,
  );

test('follows the system until the reader chooses, and remembers the choice', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto('/cluster-architecture/etcd/');
  const dark = await background(page);
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await background(page);
  expect(dark).not.toBe(light);
  await page.getByRole('button', { name: /settings/i }).click();
  await page.getByLabel('Dark', { exact: true }).check({ force: true });
  expect(await background(page)).toBe(dark);
  await page.reload();
  expect(await background(page)).toBe(dark);
});

test('never flashes: the chosen theme is set before the first paint', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.addInitScript(() => localStorage.setItem('clusterbook:theme', 'dark'));
  await page.addInitScript(() => {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.name !== 'first-paint') continue;
        document.documentElement.setAttribute(
          'data-theme-at-paint',
          document.documentElement.dataset['theme'] ?? 'none',
        );
      }
    }).observe({ type: 'paint', buffered: true });
  });
  await page.goto('/cluster-architecture/etcd/');
  await expect(page.locator('html')).toHaveAttribute('data-theme-at-paint', 'dark');
  const script = page.locator('head script[src="/early.js"]');
  await expect(script).not.toHaveAttribute('defer');
  await expect(script).not.toHaveAttribute('type', 'module');
});

test('works in a browser that forbids storage', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    });
  });
  await page.goto('/cluster-architecture/exam-drill/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.locator('button.copy').first().click();
  await expect(page.locator('[role=status]')).toContainText(/copied/i);
});
