import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lesson } from '#course/lesson.ts';
import type { PageVerification, VerificationFile } from '#course/verification.ts';

/** Where runs write what they proved, relative to the project. */
export const VERIFICATION_FILE = 'content/verification.json';

/**
 * A hash of everything in a page's command blocks that a run proves: commands, outputs and how they are compared; not where they
 * stand, nor their captions.
 */
export function fingerprint(lesson: Pick<Lesson, 'blocks'>): string {
  const proven = lesson.blocks.map(({ place: _place, cheat: _cheat, commands, ...block }) => ({
    ...block,
    commands: commands.map(({ text, output }) => ({ text, output })),
  }));
  return createHash('sha256').update(JSON.stringify(proven)).digest('hex').slice(0, 16);
}

/** What was proven of a page as it is now; undefined when it never was, or its blocks changed since. */
export async function verificationOf(
  lesson: Lesson,
  root: string = process.cwd(),
): Promise<PageVerification | undefined> {
  const { pages } = JSON.parse(await readFile(join(root, VERIFICATION_FILE), 'utf8')) as VerificationFile;
  const known = pages[lesson.url];
  return known?.fingerprint === fingerprint(lesson) ? known : undefined;
}
