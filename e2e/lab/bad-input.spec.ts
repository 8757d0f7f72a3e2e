import type { Page } from '@playwright/test';
import { expect, test } from '../site/site.ts';
import { keep, keptValue } from './kept-value.ts';
import { LabPage } from './lab-page.ts';

const PAGE = '/cluster-architecture/kube-apiserver/';

// Wide enough for long sentences in one line.
test.use({ viewport: { width: 1900, height: 1000 } });

async function openLab(page: Page): Promise<LabPage> {
  await page.goto(PAGE);
  const lab = new LabPage(page);
  await lab.open();
  return lab;
}

/** Presses the button, whatever comes of it. */
async function press(page: Page): Promise<LabPage> {
  await page.goto(PAGE);
  await page.getByRole('button', { name: 'Lab', exact: true }).first().click();
  return new LabPage(page);
}

/** The rest of the site works. */
async function readsOn(page: Page): Promise<void> {
  await page.locator('.command .copy').first().click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('kubectl');
}

test.describe('what is kept', () => {
  // What a cluster could not be made of is told in the console, too.
  test.use({ allowedFailures: [/_astro\/main-/] });
  for (const [name, value, sentence] of [
    ['of another version', { format: 'clusterbook lab 0' }, 'of another version of the site'],
    ['damaged', { format: 'clusterbook lab 1', names: {}, cluster: {} }, 'It is damaged.'],
    ['no lab', 'nonsense', 'It holds no lab'],
    [
      'damaged within',
      { format: 'clusterbook lab 1', names: {}, cluster: { profile: {}, nodes: [], etcd: [] } },
      'It cannot be gone on with',
    ],
  ] as const)
    test(`and is ${name}: a clean start is offered, and nothing is overwritten before`, async ({ page }) => {
      await page.goto('/');
      await keep(page, value);
      const lab = await press(page);
      await expect(lab.notice).toContainText(sentence);
      expect(await keptValue(page)).toEqual(value);
      await readsOn(page);
      await lab.notice.getByRole('button', { name: 'Start clean' }).click();
      await lab.prompt();
      await lab.focus();
      expect(await lab.answer('kubectl get nodes --no-headers | wc -l')).toBe('3');
    });

  test('and cannot be, since the storage is full: the lab runs on and says so', async ({ page, context }) => {
    await page.goto('/');
    const session = await context.newCDPSession(page);
    const { origin } = new URL(page.url());
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_000 });
    const lab = await openLab(page);
    await expect(lab.notice).toContainText('The browser does not keep the lab', { timeout: 20_000 });
    await lab.focus();
    expect(await lab.answer('echo on')).toBe('on');
    await lab.notice.getByRole('button', { name: 'Close' }).click();
    await expect(lab.notice).toBeEmpty();
  });
});

test('a file that is no lab is refused, and the lab is as it was', async ({ page }) => {
  const lab = await openLab(page);
  await lab.answer('kubectl create configmap mine');
  for (const [text, sentence] of [
    ['not json', 'It is no JSON'],
    ['{"format":"something"}', 'of another version'],
    ['{"format":"clusterbook lab 1","names":{},"cluster":{"profile":{},"nodes":[],"etcd":[]}}', 'was not opened'],
  ] as const) {
    const chooser = page.waitForEvent('filechooser');
    await lab.choose('Open a file…');
    await (await chooser).setFiles({ name: 'lab.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await expect(lab.notice).toContainText(sentence);
    await lab.notice.getByRole('button', { name: 'Close' }).click();
  }
  await lab.focus();
  expect(await lab.answer('kubectl get configmap mine -o name')).toBe('configmap/mine');
});

test.describe('a worker that dies', () => {
  test.use({ allowedFailures: [/_astro\/open-lab/] });
  // The very worker of the lab, ended from outside: the page cannot tell it from a crash.
  test('is started again from what was kept, with a message', async ({ page }) => {
    await page.addInitScript(() => {
      const Real = Worker;
      Reflect.set(globalThis, 'workers', []);
      Reflect.set(
        globalThis,
        'Worker',
        class extends Real {
          constructor(url: string | URL, options?: WorkerOptions) {
            super(url, options);
            (Reflect.get(globalThis, 'workers') as Worker[]).push(this);
          }
        },
      );
    });
    const lab = await openLab(page);
    await lab.answer('kubectl create configmap before');
    await lab.kept();
    await page.evaluate(() => {
      const [worker] = Reflect.get(globalThis, 'workers') as Worker[];
      worker?.terminate();
      worker?.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
    });
    await expect(lab.notice).toContainText('goes on from where it was last kept');
    await lab.shows(/this is a new shell[^$]*\$$/, 'a new shell');
    await lab.focus();
    expect(await lab.answer('kubectl get configmap before -o name')).toBe('configmap/before');
  });
});

test.describe('a browser', () => {
  test('without workers', async ({ page }) => {
    await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'Worker'));
    const lab = await press(page);
    await expect(lab.notice).toContainText('The lab cannot run in this browser');
    await readsOn(page);
    await page.locator('.command .run').first().click();
    await expect(page.locator('.run-mark').first()).toContainText('cannot run in this browser');
  });

  test('without IndexedDB', async ({ page }) => {
    await withoutInWorkers(page, 'indexedDB');
    const lab = await openLab(page);
    await expect(lab.notice).toContainText('The browser does not keep the lab');
    await lab.focus();
    expect(await lab.answer('kubectl get nodes --no-headers | wc -l')).toBe('3');
  });

  test('without locks keeps nothing, since nobody could say whose it is', async ({ page }) => {
    await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'locks'));
    const lab = await openLab(page);
    expect(await lab.answer('kubectl get nodes --no-headers | wc -l')).toBe('3');
    await page.waitForTimeout(3_000);
    expect(await keptValue(page)).toBeUndefined();
  });
});

test.describe('in the terminal', () => {
  test('ten megabytes that are pasted arrive, or are thrown away by Ctrl+C', async ({ page }) => {
    const lab = await openLab(page);
    await lab.type('cat > big.txt');
    await page.evaluate(() => navigator.clipboard.writeText(`${'0123456789abcde\n'.repeat(655_360)}`));
    await page.keyboard.press('Control+Shift+V');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+d');
    await lab.shows(/\$$/, 'a prompt', 60_000);
    expect(await lab.answer('wc -c < big.txt; head -c 15 big.txt; echo', 30_000)).toMatch(
      /^10485761\n0123456789abcde$/,
    );
  });

  test('an endless pipe ends with Ctrl+C', async ({ page }) => {
    const lab = await openLab(page);
    await lab.type('yes | cat > /dev/null');
    await page.waitForTimeout(1_000);
    await page.keyboard.press('Control+c');
    await lab.shows(/\^C\n.*\$$/s);
    expect(await lab.answer('yes | head -2')).toBe('y\ny');
  });

  test('manifests that are wrong are refused in the words of the real ones', async ({ page }) => {
    const lab = await openLab(page);
    const apply = (text: string) => lab.answer(`printf '${text}' | kubectl apply -f -`);
    expect(await apply('a: b: c')).toBe(
      'error: error parsing STDIN: error converting YAML to JSON: yaml: mapping values are not allowed in this context',
    );
    expect(await apply('{"kind": ')).toBe('error: error parsing STDIN: unexpected EOF');
    expect(await apply('apiVersion: v1\\nkind: Pood\\nmetadata: {name: x}\\n')).toContain(
      'no matches for kind "Pood" in version "v1"\nensure CRDs are installed first',
    );
    expect(await apply('apiVersion: v1\\nkind: Pod\\nmetadata: {name: x}\\nspec: {containrs: []}\\n')).toContain(
      'strict decoding error: unknown field "spec.containrs"',
    );
    expect(
      await apply('apiVersion: v1\\nkind: Pod\\nmetadata: {name: X_}\\nspec: {containers: [{name: a, image: b}]}\\n'),
    ).toContain('metadata.name: Invalid value: "X_"');
  });

  test('a tool that is not there, and a flag that is not simulated, say so', async ({ page }) => {
    const lab = await openLab(page);
    expect(await lab.answer('helm list')).toBe('-bash: helm: command not found');
    expect(await lab.answer('kubectl get pods --nonsense')).toContain('error: unknown flag: --nonsense');
    expect(await lab.answer('kubectl port-forward pod/x 80')).toContain('not simulated here');
  });
});

/** Takes something away from the scope of the lab's worker, before the worker's own code runs. */
async function withoutInWorkers(page: Page, name: string): Promise<void> {
  await page.route(/\/_astro\/main-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    const gone = `Object.defineProperty(globalThis, ${JSON.stringify(name)}, { value: undefined });\n`;
    await route.fulfill({ response, body: gone + (await response.text()) });
  });
}
