import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import type { PageParity, ParityFile, ParityOutcome } from '#course/lab-parity.ts';
import type { Lesson } from '#course/lesson.ts';
import { PARITY_FILE } from '#markdown/course/lab-parity.ts';
import { fingerprint } from '#markdown/course/verification.ts';
import { VERSIONS } from '../../src/cluster/images.ts';

const FOLDER = 'test-results/lab-parity';

/** Set by `npm run lab:parity`: what is found is written down, instead of compared with what was. */
export const isRecording = process.env['CLUSTERBOOK_RECORD_PARITY'] !== undefined;

/** Pages are proven side by side: each writes a file of its own. */
export async function recordPage(lesson: Lesson, blocks: Readonly<Record<string, ParityOutcome>>): Promise<void> {
  const page: PageParity = {
    fingerprint: fingerprint(lesson),
    kubernetes: VERSIONS.kubernetes,
    date: new Date().toISOString().slice(0, 10),
    blocks,
  };
  await mkdir(FOLDER, { recursive: true });
  await writeFile(`${FOLDER}/${lesson.slug}.json`, JSON.stringify({ url: lesson.url, page }));
}

/** Writes what pages found into the file that the site reads; other pages keep what they have. @returns how many there were */
export async function mergeParity(): Promise<number> {
  const { pages } = JSON.parse(await readFile(PARITY_FILE, 'utf8')) as ParityFile;
  const found = await Promise.all(
    (await readdir(FOLDER)).map(
      async (name) =>
        JSON.parse(await readFile(`${FOLDER}/${name}`, 'utf8')) as { readonly url: string; readonly page: PageParity },
    ),
  );
  const all = { ...pages, ...Object.fromEntries(found.map(({ url, page }) => [url, page])) };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => a.localeCompare(b, 'en')));
  await writeFile(PARITY_FILE, `${JSON.stringify({ pages: sorted }, undefined, 2)}\n`);
  return found.length;
}
