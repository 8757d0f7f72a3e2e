import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { countPlaywright, countVitest } from './reports.ts';
import { closingLine, command, heed, total } from './step.ts';

async function report(content: unknown): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'report-')), 'report.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

it('adds up all runners', () => {
  const sum = total([
    { passed: 2, failed: 0, skipped: ['a: no cluster'] },
    { passed: 3, failed: 1, skipped: [] },
  ]);
  expect(closingLine(sum)).toBe('5 passed, 1 failed, 1 skipped');
});

it('heeds a runner that fails although its tests pass', () => {
  const counts = { passed: 2, failed: 0, skipped: [] };
  expect(heed(1, counts).failed).toBe(1);
  expect(heed(0, counts)).toEqual(counts);
  expect(heed(1, { ...counts, failed: 3 }).failed).toBe(3);
});

it('counts Vitest, a file that never loaded included', async () => {
  const file = await report({
    numFailedTestSuites: 1,
    testResults: [
      {
        name: 'a',
        status: 'failed',
        assertionResults: [
          { fullName: 'one', status: 'passed' },
          { fullName: 'two', status: 'failed' },
          { fullName: 'three', status: 'pending' },
        ],
      },
      { name: 'b', status: 'failed', assertionResults: [] },
    ],
  });
  expect(await countVitest(file)).toEqual({ passed: 1, failed: 2, skipped: ['three'] });
});

it('counts Playwright: nested suites, flaky as failed, skips with their reason', async () => {
  const spec = (title: string, status: string, description?: string) => ({
    title,
    tests: [{ status, annotations: description ? [{ type: 'skip', description }] : [] }],
  });
  const file = await report({
    errors: [],
    suites: [
      {
        title: 'file',
        specs: [spec('a', 'expected'), spec('b', 'skipped', 'needs a cluster')],
        suites: [{ title: 'group', specs: [spec('c', 'flaky'), spec('d', 'unexpected')] }],
      },
    ],
  });
  expect(await countPlaywright(file)).toEqual({ passed: 1, failed: 2, skipped: ['b: needs a cluster'] });
});

it('never takes a missing or broken report for a pass', async () => {
  expect(await countVitest('/nowhere.json')).toEqual({ passed: 0, failed: 1, skipped: [] });
  expect(await countPlaywright(await report('{'))).toEqual({ passed: 0, failed: 1, skipped: [] });
});

it('takes a command’s status for its result', async () => {
  expect(await command('x', process.execPath, ['-e', '0']).run()).toEqual({ passed: 1, failed: 0, skipped: [] });
  expect(await command('x', process.execPath, ['-e', 'process.exit(3)']).run()).toEqual({
    passed: 0,
    failed: 1,
    skipped: [],
  });
});
