import { mkdir, rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { exec } from './programs/run.ts';
import { proveOnKind } from './test/kind.ts';
import { proveKubectl, proveOurKubectl } from './test/kubectl.ts';
import { checkLinks } from './test/links.ts';
import { countPlaywright, countVitest } from './test/reports.ts';
import { proveScenarios } from './test/scenarios.ts';
import { type Counts, closingLine, command, heed, npmScript, type Step, total } from './test/step.ts';

const REPORTS = 'test-results';

const steps: readonly Step[] = [
  npmScript('types'),
  npmScript('lint'),
  npmScript('unused'),
  npmScript('spelling'),
  command('diagrams', 'node', ['scripts/diagrams.ts', '--check']),
  {
    name: 'unit',
    run: async () => {
      const report = `${REPORTS}/vitest.json`;
      await rm(report, { force: true });
      const status = await exec('vitest', ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`]);
      return heed(status, await countVitest(report));
    },
  },
  command('build', 'astro', ['build', '--silent']),
  command('sheets', 'node', ['scripts/sheets.ts', '--check'], { needsBuild: true }),
  { name: 'links', needsBuild: true, run: checkLinks },
  {
    name: 'e2e',
    needsBuild: true,
    run: async () => {
      const report = `${REPORTS}/playwright.json`;
      await rm(report, { force: true });
      return heed(await exec('playwright', ['test']), await countPlaywright(report));
    },
  },
  { name: 'kubectl', run: proveKubectl },
  { name: 'our-kubectl', run: proveOurKubectl },
  { name: 'scenarios', run: proveScenarios },
  { name: 'kind', needsBuild: true, run: proveOnKind },
];

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const wanted = values.only?.split(',');
const unknown = wanted?.filter((name) => !steps.some((step) => step.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(
    `No step is called "${unknown.join('", "')}". The steps are ${steps.map((step) => step.name).join(', ')}.`,
  );
  process.exit(1);
}
await mkdir(REPORTS, { recursive: true });

const results: Counts[] = [];
let built = true;
for (const step of steps.filter((each) => wanted?.includes(each.name) ?? true)) {
  console.log(`\n== ${step.name}`);
  const start = performance.now();
  let counts: Counts = { passed: 0, failed: 1, skipped: [] };
  if (step.needsBuild && !built) console.error('not run, since the build failed: counted as failed');
  else {
    try {
      counts = await step.run();
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
    }
  }
  if (step.name === 'build') built = counts.failed === 0;
  results.push(counts);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`== ${step.name}: ${closingLine(counts)}, ${seconds} s`);
}

const sum = total(results);
for (const reason of sum.skipped) console.log(`skipped: ${reason}`);
console.log(closingLine(sum));
process.exitCode = sum.failed === 0 && sum.passed > 0 ? 0 : 1;
