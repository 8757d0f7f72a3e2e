import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { contentHash } from './content-hash.ts';

async function built(main: string, around = ''): Promise<string> {
  const dist = await mkdtemp(join(tmpdir(), 'sheet-'));
  await mkdir(join(dist, 'cheat-sheet'));
  await writeFile(join(dist, 'cheat-sheet', 'index.html'), `<html>${around}${main}</html>`);
  await writeFile(join(dist, 'print-margins.css'), '@page { margin: 1cm }');
  return dist;
}

it('follows the text of the sheet, not what stands around it', async () => {
  const one = await contentHash(await built('<main>kubectl get nodes</main>'), 'all');
  expect(await contentHash(await built('<main>kubectl get nodes</main>', '<nav>new</nav>'), 'all')).toBe(one);
  expect(await contentHash(await built('<main>kubectl get pods</main>'), 'all')).not.toBe(one);
});

it('says what to type when there is no sheet', async () => {
  await expect(contentHash(await built('nothing'), 'all')).rejects.toThrow('Type "npm run build" first');
});
