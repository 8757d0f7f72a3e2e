import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lesson } from '#course/lesson.ts';
import type { ClusterProperties } from '../kind/cluster.ts';
import { resultFile } from './plan.ts';
import type { BlockResult, Outcome, PageResult } from './runner/page-result.ts';

/** A page's result as the browser tests wrote it. */
export type WrittenResult = PageResult & { readonly properties: ClusterProperties };

/** Each wanted lesson with its result; undefined where the tests did not get that far. */
export type Results = readonly (readonly [lesson: Lesson, result: WrittenResult | undefined])[];

export async function readResults(folder: string, lessons: readonly Lesson[]): Promise<Results> {
  return Promise.all(
    lessons.map(async (lesson) => {
      try {
        return [
          lesson,
          JSON.parse(await readFile(join(folder, resultFile(lesson.url)), 'utf8')) as WrittenResult,
        ] as const;
      } catch {
        return [lesson, undefined] as const;
      }
    }),
  );
}

/** How many blocks a page has, and what became of them. Every parsed block has to be in one of the last three. */
export interface Conservation {
  readonly page: string;
  readonly parsed: number;
  readonly run: number;
  readonly notApplicable: number;
  readonly skipped: number;
}

export function conservation(results: Results): Conservation[] {
  return results.map(([lesson, result]) => {
    const count = (...outcomes: Outcome[]) =>
      (result?.blocks ?? []).filter((block) => outcomes.includes(block.outcome)).length;
    return {
      page: lesson.slug,
      parsed: lesson.blocks.length,
      run: count('passed', 'failed'),
      notApplicable: count('not applicable'),
      skipped: count('skipped'),
    };
  });
}

/** Pages whose blocks are not all accounted for, a sentence each. */
export function unaccounted(rows: readonly Conservation[]): string[] {
  return rows
    .filter((row) => row.parsed !== row.run + row.notApplicable + row.skipped)
    .map(
      ({ page, parsed, run, notApplicable, skipped }) =>
        `${page}: ${parsed} blocks parsed, but ${run} run + ${notApplicable} not applicable + ${skipped} skipped`,
    );
}

/** The run in numbers: command blocks, and one failure more for each page that is wrong as a whole or was not run to its end. */
export function countBlocks(results: Results): { passed: number; failed: number; skipped: string[] } {
  const blocks = results.flatMap(([lesson, result]) => (result?.blocks ?? []).map((block) => ({ lesson, block })));
  const notRun = ({ outcome, reason }: BlockResult) => `${outcome}, ${reason ?? 'no reason given'}`;
  const isWrongAsAWhole = ([lesson, result]: Results[number]) =>
    (result?.faults.length ?? 0) > 0 || unaccounted(conservation([[lesson, result]])).length > 0;
  return {
    passed: blocks.filter(({ block }) => block.outcome === 'passed').length,
    failed: blocks.filter(({ block }) => block.outcome === 'failed').length + results.filter(isWrongAsAWhole).length,
    skipped: blocks
      .filter(({ block }) => ['skipped', 'not applicable'].includes(block.outcome))
      .map(({ lesson, block }) => `${lesson.url}#${block.id}: ${notRun(block)}`),
  };
}

/** True when everything of the page that could be proven here was. */
export function isProven(result: WrittenResult | undefined): result is WrittenResult {
  return (
    result !== undefined &&
    result.faults.length === 0 &&
    result.blocks.every((block) => ['passed', 'not applicable', 'skipped'].includes(block.outcome))
  );
}
