import { readFile } from 'node:fs/promises';
import { cheatSheet } from '#course/cheat-sheet.ts';
import { readPdf, solid } from './pdf.ts';
import { course, expect, test } from './site.ts';

const PAPERS = ['A4', 'Letter'] as const;
const LEAST_COMMAND = 8;
const LEAST_TEXT = 8.5;
/** PDF sizes are floating-point; the margin boxes with page numbers are no text of the sheet. */
const TOLERANCE = 0.06;

for (const module of course.modules) {
  const sheet = cheatSheet(module);
  const entries = sheet.sections.flatMap((section) => section.entries);
  const url = `/${module.slug}/cheat-sheet/`;

  test(`${url} shows every caption and its commands, and leads to them`, async ({ page }) => {
    await page.goto(url);
    expect(entries.length).toBeGreaterThan(20);
    for (const entry of entries) {
      const link = page.locator(`.sheet a[href="${entry.url}"]`);
      await expect(link).toHaveText(entry.caption);
    }
    const commands = await page.locator('.sheet .command-text').allTextContents();
    expect(commands).toEqual(entries.flatMap((entry) => entry.commands.map((command) => command.text)));
    for (const extract of sheet.sections.flatMap((section) => section.extracts)) {
      await expect(page.locator('.sheet-extract h3', { hasText: extract.title })).toBeVisible();
    }
    await page.locator('.sheet .copy').first().click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(commands[0]);
  });

  for (const format of PAPERS) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`${url} on ${format} from the ${colorScheme} theme: two pages, readable, nothing lost`, async ({ page }) => {
        await page.addInitScript((theme) => localStorage.setItem('clusterbook:theme', theme), colorScheme);
        await page.goto(url);
        const printed = await readPdf(await page.pdf({ format }));
        expect(printed.pages).toBeLessThanOrEqual(2);
        for (const { text } of entries.flatMap((entry) => entry.commands)) expect(printed.solid).toContain(solid(text));
        for (const { caption } of entries) expect(printed.solid).toContain(solid(caption));
        const body = printed.texts.filter(({ y }) => y > 40);
        const mono = body.filter(({ font }) => /mono|courier/i.test(font));
        const prose = body.filter(({ font }) => !/mono|courier/i.test(font));
        expect(mono.length).toBeGreaterThan(20);
        expect(mono.filter(({ size }) => size < LEAST_COMMAND - TOLERANCE)).toEqual([]);
        expect(prose.filter(({ size, text }) => size < LEAST_TEXT - TOLERANCE && text.trim() !== '↪')).toEqual([]);
        expect(printed.texts.filter(({ x, right }) => x < 20 || right > printed.width - 20)).toEqual([]);
        expect(printed.texts.some(({ y, text }) => y < 40 && /1 \/ \d/.test(text))).toBe(true);
        expect(printed.texts.some(({ y, text }) => y < 40 && text.includes('clusterbook'))).toBe(true);
      });
    }
  }

  test(`${url}: a command that goes over its line is marked, none is cut off`, async ({ page }) => {
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 718, height: 1000 });
    await page.goto(url);
    const cut = await page
      .locator('.sheet .command-text')
      .evaluateAll((commands) =>
        commands
          .filter((command) => command.scrollWidth > command.clientWidth + 1)
          .map((command) => command.textContent),
      );
    expect(cut).toEqual([]);
    const mark = await page
      .locator('.sheet .command-text > .line')
      .first()
      .evaluate((command) => getComputedStyle(command, '::before').content);
    expect(mark).toContain('↪');
  });

  test(`${url} offers PDFs that hold every command`, async ({ page, request }) => {
    await page.goto(url);
    const canonical = await page.locator('link[rel=canonical]').getAttribute('href');
    const published = new URL(canonical ?? '').origin;
    expect(published).toMatch(/^https:/);
    const links = page.locator('a[href$=".pdf"]');
    await expect(links).toHaveCount(2);
    for (const link of await links.all()) {
      const answer = await request.get((await link.getAttribute('href')) ?? '');
      expect(answer.headers()['content-type']).toContain('application/pdf');
      const printed = await readPdf(await answer.body());
      expect(printed.links.length).toBeGreaterThan(entries.length);
      expect(printed.links.filter((url) => !url.startsWith(published))).toEqual([]);
      expect(printed.pages).toBeLessThanOrEqual(2);
      for (const { text } of entries.flatMap((entry) => entry.commands)) expect(printed.solid).toContain(solid(text));
    }
  });
}

test('the sheet of everything holds each module, and its PDFs are there', async ({ page }) => {
  await page.goto('/cheat-sheet/');
  await expect(page.locator('.sheet')).toHaveCount(course.modules.length);
  for (const paper of ['a4', 'letter']) {
    const printed = await readPdf(await readFile(`dist/sheets/all-${paper}.pdf`));
    expect(printed.pages).toBeGreaterThan(0);
  }
});

test('print follows my node names', async ({ page }) => {
  await page.addInitScript(() => {
    localStorage.setItem('clusterbook:node-names', JSON.stringify({ cp1: 'controlplane', w1: 'node01', w2: 'node02' }));
  });
  await page.goto('/cluster-architecture/kube-apiserver/');
  const printed = await readPdf(await page.pdf({ format: 'A4' }));
  expect(printed.solid).toContain('kube-apiserver-controlplane');
});
