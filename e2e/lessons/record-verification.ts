import { readFile, writeFile } from 'node:fs/promises';
import type { Lesson } from '#course/lesson.ts';
import { release } from '#course/release.ts';
import type { PageVerification, VerificationFile } from '#course/verification.ts';
import { fingerprint, VERIFICATION_FILE } from '#markdown/course/verification.ts';
import type { ClusterProperties } from '../kind/cluster.ts';
import { isProven, type Results, type WrittenResult } from './results.ts';

/** The cluster that the pages are written for: other releases and plug-ins are compared, but not what a page claims. */
const isTaught = ({ kubernetes, kind, cni }: ClusterProperties) =>
  kubernetes.startsWith(`v${release.kubernetes}.`) && kind !== undefined && cni === 'kindnet';

/** Writes what was proven into the file that the site reads; other pages keep what they have. Returns how many were. */
export async function recordVerification(results: Results, date: string): Promise<number> {
  const file = JSON.parse(await readFile(VERIFICATION_FILE, 'utf8')) as VerificationFile;
  const pages = { ...file.pages };
  let proven = 0;
  for (const [lesson, result] of results) {
    if (!isProven(result) || !isTaught(result.properties)) continue;
    pages[lesson.url] = verificationOf(lesson, result, date);
    proven += 1;
  }
  const sorted = Object.fromEntries(Object.entries(pages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  await writeFile(VERIFICATION_FILE, `${JSON.stringify({ ...file, pages: sorted }, undefined, 2)}\n`);
  return proven;
}

function verificationOf(lesson: Lesson, { blocks, properties }: WrittenResult, date: string): PageVerification {
  const notRun = blocks
    .filter((block) => block.outcome !== 'passed')
    .map(({ id, outcome, reason = '' }) => ({
      id,
      outcome: outcome === 'skipped' ? outcome : ('not applicable' as const),
      reason,
    }));
  return {
    fingerprint: fingerprint(lesson),
    kubernetes: properties.kubernetes,
    kind: properties.kind ?? '',
    cni: properties.cni,
    date,
    run: blocks.filter((block) => block.outcome === 'passed').length,
    notRun,
  };
}
