import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { PageParity, ParityFile } from '#course/lab-parity.ts';
import type { Lesson } from '#course/lesson.ts';
import { fingerprint } from './verification.ts';

/** Where runs write how the lab answers, relative to the project. */
export const PARITY_FILE = 'content/lab-parity.json';
const DIFFERENCES_FILE = 'content/lab-differences.yaml';

/** What was found of a page as it is now; undefined when it never was, or its blocks changed since. */
export async function parityOf(lesson: Lesson, root: string = process.cwd()): Promise<PageParity | undefined> {
  const { pages } = JSON.parse(await readFile(join(root, PARITY_FILE), 'utf8')) as ParityFile;
  const known = pages[lesson.url];
  return known?.fingerprint === fingerprint(lesson) ? known : undefined;
}

/** Blocks whose answer in the lab is declared to differ from a real cluster's, by `lesson#block`, each with its reason. */
export async function declaredDifferences(root: string = process.cwd()): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(join(root, DIFFERENCES_FILE), 'utf8');
  return (parse(text) ?? {}) as Readonly<Record<string, string>>;
}
