import { readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import { missingPrograms } from '../programs/missing.ts';
import { exec } from '../programs/run.ts';
import { type Counts, heed } from './step.ts';

const FIGURES = 'test-results/kind/figures.json';
const figures = z.object({ passed: z.number(), failed: z.number(), skipped: z.array(z.string()) });

/**
 * Every command block on a real cluster. Without docker, kind and kubectl it is skipped, counted, with the reason; where `CI` is set
 * it fails then: the proof never vanishes silently.
 */
export async function proveOnKind(): Promise<Counts> {
  const missing = await missingPrograms(['docker', 'kind', 'kubectl']);
  if (missing.length > 0) {
    for (const sentence of missing) console.error(sentence);
    const reason = `no command block was run on a cluster: ${missing.join(' ')}`;
    return process.env['CI'] ? { passed: 0, failed: 1, skipped: [] } : { passed: 0, failed: 0, skipped: [reason] };
  }
  await rm(FIGURES, { force: true });
  const status = await exec('node', ['e2e/lessons/main.ts', '--no-build', '--no-record']);
  try {
    return heed(status, figures.parse(JSON.parse(await readFile(FIGURES, 'utf8'))));
  } catch (error) {
    console.error(`${FIGURES} cannot be read: ${error instanceof Error ? error.message : error}`);
    return { passed: 0, failed: 1, skipped: [] };
  }
}
