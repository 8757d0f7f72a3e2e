import { readFile } from 'node:fs/promises';
import { missingPrograms } from '../programs/missing.ts';
import { exec } from '../programs/run.ts';

/** Budgets of a run on a kind cluster, in seconds. */
export const kindBudget = { lessons: 300, drill: 180, overhead: 0.3 } as const;

/** What a run on a kind cluster took, in seconds. */
export interface KindFigures {
  /** Making the cluster. */
  readonly created: number;
  readonly pages: readonly { readonly page: string; readonly seconds: number }[];
  /** What the runner adds to a block, beyond its commands: the median. */
  readonly overhead: number;
}

/** Runs every page on a fresh cluster. Undefined, with the reason printed, where docker, kind or kubectl are missing. */
export async function measureKind(): Promise<KindFigures | undefined> {
  const missing = await missingPrograms(['docker', 'kind', 'kubectl']);
  if (missing.length > 0) {
    console.error(`The run on kind was not measured: ${missing.join(' ')}`);
    return undefined;
  }
  await exec('node', ['e2e/lessons/main.ts', '--no-build', '--no-record']);
  return JSON.parse(await readFile('test-results/kind/figures.json', 'utf8')) as KindFigures;
}
