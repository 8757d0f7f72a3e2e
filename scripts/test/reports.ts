import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Counts } from './step.ts';

const vitestReport = z.object({
  numFailedTestSuites: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** Counts of a Vitest run from its JSON report. A file that could not be loaded counts as one failure. */
export async function countVitest(file: string): Promise<Counts> {
  const report = await read(file, vitestReport);
  if (!report) return { passed: 0, failed: 1, skipped: [] };
  const tests = report.testResults.flatMap((suite) => suite.assertionResults);
  const unloaded = report.testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
  );
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: tests.filter((test) => test.status === 'failed').length + unloaded.length,
    skipped: tests.filter((test) => !['passed', 'failed'].includes(test.status)).map((test) => test.fullName),
  };
}

const specSchema = z.object({
  title: z.string(),
  tests: z.array(
    z.object({
      status: z.enum(['expected', 'unexpected', 'flaky', 'skipped']),
      annotations: z.array(z.object({ type: z.string(), description: z.string().optional() })).default([]),
    }),
  ),
});
type Suite = {
  title: string;
  file?: string | undefined;
  specs: z.infer<typeof specSchema>[];
  suites?: Suite[] | undefined;
};
const suiteSchema: z.ZodType<Suite> = z.lazy(() =>
  z.object({
    title: z.string(),
    file: z.string().optional(),
    specs: z.array(specSchema),
    suites: z.array(suiteSchema).optional(),
  }),
);
const playwrightReport = z.object({
  suites: z.array(suiteSchema),
  errors: z.array(z.object({ message: z.string().optional() })),
});

/**
 * Counts of a Playwright run from its JSON report. A test that passed only when tried again counts as failed.
 *
 * @param only counts the tests of these files alone; a report that lacks one of them counts as a failure
 */
export async function countPlaywright(file: string, only?: readonly string[]): Promise<Counts> {
  const report = await read(file, playwrightReport);
  if (!report) return { passed: 0, failed: 1, skipped: [] };
  const suites = report.suites.filter((suite) => only?.includes(suite.file ?? '') ?? true);
  if (only && suites.length < only.length) return { passed: 0, failed: 1, skipped: [] };
  const specs = suites.flatMap(allSpecs);
  const tests = specs.flatMap((spec) => spec.tests.map((test) => ({ ...test, title: spec.title })));
  return {
    passed: tests.filter((test) => test.status === 'expected').length,
    failed: tests.filter((test) => ['unexpected', 'flaky'].includes(test.status)).length + report.errors.length,
    skipped: tests
      .filter((test) => test.status === 'skipped')
      .map(
        (test) => `${test.title}: ${test.annotations.map((note) => note.description).join(', ') || 'no reason given'}`,
      ),
  };
}

function allSpecs(suite: Suite): z.infer<typeof specSchema>[] {
  return [...suite.specs, ...(suite.suites ?? []).flatMap(allSpecs)];
}

/** A report that is missing or unreadable is a failure of its runner, never a pass. */
async function read<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    console.error(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}
