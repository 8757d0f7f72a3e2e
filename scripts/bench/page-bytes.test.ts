import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { median, weighFonts, weighPages } from './page-bytes.ts';

it('counts what loads with a page: styles, scripts and their imports, but nothing that loads later', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'weight-'));
  await mkdir(join(dir, '_astro'));
  const noise = () => randomBytes(3000).toString('base64');
  await writeFile(
    join(dir, 'index.html'),
    '<link href="/_astro/a.css" rel=stylesheet><script type="module" src="/_astro/a.js"></script>',
  );
  await writeFile(join(dir, '_astro/a.css'), noise());
  await writeFile(join(dir, '_astro/a.js'), `import{b as c}from"./b.js";import("./later.js");c()`);
  await writeFile(join(dir, '_astro/b.js'), `export const b=()=>"${noise()}"`);
  await writeFile(join(dir, '_astro/later.js'), noise().repeat(9));
  await writeFile(join(dir, '_astro/f.woff2'), Buffer.alloc(777));
  const [page] = await weighPages(dir);
  expect(page?.page).toBe('/');
  expect(page?.scripts).toBeGreaterThan(3000);
  expect(page?.scripts).toBeLessThan(6000);
  expect(page?.total).toBeGreaterThan(6000);
  expect(page?.total).toBeLessThan(12_000);
  expect(await weighFonts(dir)).toBe(777);
});

it('takes the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(3);
});
