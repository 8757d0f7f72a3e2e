import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { loadCourse } from '#markdown/course/load-course.ts';
import { chromiumArgs, findChromium } from './chromium.ts';
import { serveSite } from './serve.ts';
import { contentHash, sheetUrl } from './sheets/content-hash.ts';

const DIST = 'dist';
const KEPT = join('public', 'sheets');
const RECORD = join(KEPT, 'sheets.json');
const PAPERS = ['A4', 'Letter'] as const;

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const { modules } = await loadCourse();
const names = ['all', ...modules.map((module) => module.slug)];
process.exitCode = values.check ? await check() : await print();

/** Says which printed sheets no longer fit the lessons; needs a built site, but no browser. */
async function check(): Promise<number> {
  const record: Record<string, string> = existsSync(RECORD) ? JSON.parse(await readFile(RECORD, 'utf8')) : {};
  const stale: string[] = [];
  for (const name of names) {
    const files = PAPERS.map((paper) => join(KEPT, `${name}-${paper.toLowerCase()}.pdf`));
    if (record[name] !== (await contentHash(DIST, name)) || !files.every(existsSync)) stale.push(name);
  }
  for (const name of stale) console.error(`The printed sheet "${name}" does not fit the lessons. Type: npm run sheets`);
  if (stale.length === 0) console.log('Every printed sheet fits the lessons');
  return stale.length === 0 ? 0 : 1;
}

/** Builds the site and prints every sheet on both papers, into public/sheets and into the built site. */
async function print(): Promise<number> {
  console.log('Building the site (astro build)');
  if (spawnSync('astro', ['build', '--silent'], { stdio: 'inherit' }).status !== 0) {
    console.error('The build failed; what to mend stands above.');
    return 1;
  }
  await mkdir(KEPT, { recursive: true });
  await mkdir(join(DIST, 'sheets'), { recursive: true });
  const site = await serveSite({ dir: DIST });
  const browser = await chromium.launch({ executablePath: await findChromium(), args: [...chromiumArgs] });
  try {
    const page = await browser.newPage();
    const record: Record<string, string> = {};
    for (const name of names) {
      await page.goto(site.url + sheetUrl(name));
      await page.evaluate(() => document.fonts.ready);
      await page.evaluate(leadToPublishedSite);
      for (const format of PAPERS) {
        const file = `${name}-${format.toLowerCase()}.pdf`;
        await page.pdf({ path: join(KEPT, file), format, tagged: true, printBackground: false });
        await copyFile(join(KEPT, file), join(DIST, 'sheets', file));
        console.log(`printed: ${join(KEPT, file)}`);
      }
      record[name] = await contentHash(DIST, name);
    }
    await writeFile(RECORD, `${JSON.stringify(record, null, 2)}\n`);
    return 0;
  } finally {
    await browser.close();
    await site.close();
  }
}

/** Runs in the browser: a PDF leaves this machine, so its links lead to the published site that the page names as its own. */
function leadToPublishedSite(): void {
  const published = document.querySelector<HTMLLinkElement>('link[rel=canonical]')?.href ?? '';
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href^="/"], a[href^="#"]')) {
    link.href = new URL(link.getAttribute('href') ?? '', published).href;
  }
}
