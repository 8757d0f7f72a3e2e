import type { Page } from '@playwright/test';
import { expect, test } from './site.ts';

async function open(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(page.getByRole('combobox')).toBeFocused();
}

const QUERIES: Readonly<Record<string, string>> = {
  'member list': '/cluster-architecture/etcd/',
  crictl: '/cluster-architecture/containerd/',
  'certificate expiry': '/cluster-architecture/exam-drill/',
  'iptables rules': '/cluster-architecture/kube-proxy/',
  'which node will run my pod': '/cluster-architecture/kube-scheduler/',
  'static pod': '/cluster-architecture/kubelet/',
};

for (const [query, url] of Object.entries(QUERIES)) {
  test(`“${query}” puts ${url} first`, async ({ page }) => {
    await page.goto('/');
    await open(page);
    await page.getByRole('combobox').fill(query);
    const first = page.getByRole('option').first();
    await expect(first).toHaveAttribute('href', new RegExp(`^${url}`));
  });
}

test('“6443” puts a page first that is about the API server’s port', async ({ page }) => {
  await page.goto('/');
  await open(page);
  await page.getByRole('combobox').fill('6443');
  await expect(page.getByRole('option').first()).toHaveAttribute(
    'href',
    /^\/cluster-architecture\/(kube-apiserver|communication-flow)\//,
  );
});

test('a command is a result of its own and leads to the very command', async ({ page }) => {
  await page.goto('/');
  await open(page);
  await page.getByRole('combobox').fill('member list');
  const command = page.locator('.hit-command').first();
  await expect(command.locator('code')).toContainText('member list');
  const href = (await command.getAttribute('href')) ?? '';
  expect(href).toMatch(/#[a-z0-9-]+-\d+$/);
  await command.click();
  await expect(page).toHaveURL(href);
  await expect(page.locator(`[id="${href.split('#')[1]}"] .command-text`)).toContainText('member list');
  await expect(page.locator(`[id="${href.split('#')[1]}"]`)).toBeInViewport();
});

test('the keyboard is enough: open, type, choose, go, close', async ({ page }) => {
  await page.goto('/cluster-architecture/cni/');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('static pod');
  await expect(page.getByRole('option', { selected: true })).toHaveCount(1);
  const first = await page.getByRole('combobox').getAttribute('aria-activedescendant');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('combobox')).not.toHaveAttribute('aria-activedescendant', first ?? '');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('combobox')).toHaveAttribute('aria-activedescendant', first ?? '');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('combobox')).toBeHidden();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toHaveValue('static pod');
  await expect(page.getByRole('option', { selected: true })).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/cluster-architecture\/kubelet\//);
});

test('Home and End go to the first and the last result', async ({ page }) => {
  await page.goto('/');
  await open(page);
  await page.getByRole('combobox').fill('etcd');
  await expect(page.getByRole('option').first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('End');
  await expect(page.getByRole('option').last()).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('option').last()).toBeInViewport();
  await page.keyboard.press('Home');
  await expect(page.getByRole('option').first()).toHaveAttribute('aria-selected', 'true');
});

test('the chosen command is copied, with my node names', async ({ page }) => {
  await page.addInitScript(() => {
    localStorage.setItem('clusterbook:node-names', JSON.stringify({ cp1: 'controlplane', w1: 'node01', w2: 'node02' }));
  });
  await page.goto('/');
  await open(page);
  await page.getByRole('combobox').fill('kube-apiserver-cp1');
  const command = page.locator('.hit-command').filter({ hasText: 'kube-apiserver-controlplane' }).first();
  await expect(command).toBeVisible();
  while ((await command.getAttribute('aria-selected')) !== 'true') await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ControlOrMeta+c');
  await expect(page.locator('.search-status')).toHaveText('Copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await command.locator('code').textContent());
});

test('an emptied field shows suggestions, whatever answers come late', async ({ page }) => {
  await page.goto('/');
  await open(page);
  await page.getByRole('combobox').fill('etcd');
  await page.getByRole('combobox').fill('');
  await page.waitForTimeout(800);
  await expect(page.getByRole('option')).toHaveCount(0);
  await expect(page.locator('.search-suggestion').first()).toBeVisible();
});

test('results are grouped by page and spoken', async ({ page }) => {
  await page.goto('/');
  await open(page);
  await page.getByRole('combobox').fill('etcd');
  await expect(page.getByRole('listbox').getByRole('group').first()).toHaveAccessibleName(/etcd/);
  await expect(page.locator('.search-status')).toHaveText(/\d+ results on \d+ pages/);
});

test('nothing found says so and offers other words', async ({ page }) => {
  await page.goto('/');
  await open(page);
  await page.getByRole('combobox').fill('zzqqxx');
  await expect(page.locator('.search-message')).toContainText('Nothing found for “zzqqxx”');
  await page.locator('.search-suggestion').first().click();
  await expect(page.getByRole('option').first()).toBeVisible();
});

test('"/" opens it, but not while typing and not when switched off', async ({ page }) => {
  await page.goto('/cluster-architecture/etcd/');
  await page.keyboard.press('/');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.press('/');
  await expect(page.getByRole('combobox')).toHaveValue('/');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /settings/i }).click();
  await page.locator('#single-keys').uncheck({ force: true });
  await page.keyboard.press('Escape');
  await page.locator('h1').click();
  await page.keyboard.press('/');
  await expect(page.getByRole('combobox')).toBeHidden();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toBeVisible();
});

test('nothing of search is loaded before it is opened', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto('/cluster-architecture/etcd/', { waitUntil: 'networkidle' });
  const before = asked.length;
  expect(asked.filter((path) => path.startsWith('/pagefind/') || /dialog/.test(path))).toEqual([]);
  await open(page);
  await page.getByRole('combobox').fill('etcd');
  await expect(page.getByRole('option').first()).toBeVisible();
  expect(asked.slice(before).some((path) => path.startsWith('/pagefind/'))).toBe(true);
});

test.describe('when the index cannot be had', () => {
  test.use({ allowedFailures: [/\/pagefind\//] });
  test('search says so', async ({ page }) => {
    await page.route('**/pagefind/**', (route) => route.fulfill({ status: 503 }));
    await page.goto('/');
    await open(page);
    await page.getByRole('combobox').fill('etcd');
    await expect(page.locator('.search-message')).toContainText('Search could not be loaded');
  });
});
