import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadCourse } from '#markdown/course/load-course.ts';
import { missingPrograms } from '../../scripts/programs/missing.ts';
import { capture, exec } from '../../scripts/programs/run.ts';
import { countPlaywright } from '../../scripts/test/reports.ts';
import { type Counts, closingLine, total } from '../../scripts/test/step.ts';
import { openExistingCluster } from '../kind/existing-cluster.ts';
import { createKindCluster, deleteKindCluster, kindClusterExists } from '../kind/kind-cluster.ts';
import { prove as askAll } from '../kubectl/prove.ts';
import { proveOnKind } from '../scenarios/on-kind.ts';
import { figuresOf } from './figures.ts';
import { help, lessonsOf, type Options, readOptions } from './options.ts';
import { ownClusterName, PLAN, type Plan } from './plan.ts';
import { recordVerification } from './record-verification.ts';
import { conservation, countBlocks, readResults, unaccounted } from './results.ts';
import { recordTranscripts } from './transcripts.ts';
import { updateLessons } from './update-lessons.ts';

const REPORTS = 'test-results/kind';
const PLAYWRIGHT = `${REPORTS}/playwright.json`;
/** Of its own for each plug-in, so that --reuse finds the right one. */
const clusterName = ({ cni }: Options) => (cni === undefined ? 'clusterbook' : `clusterbook-${cni}`);

const course = await loadCourse();
let options: Options | 'help';
try {
  options = readOptions(process.argv.slice(2), course);
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\nnpm run e2e:kind -- --help says more.`);
  process.exit(2);
}
if (options === 'help') {
  console.log(help);
  process.exit(0);
}
process.exitCode = await prove(options);

async function prove(options: Options): Promise<number> {
  const missing = await missingPrograms(options.existing ? ['kubectl'] : ['docker', 'kind', 'kubectl']);
  if (missing.length > 0) {
    for (const sentence of missing) console.error(sentence);
    return 1;
  }
  if (options.build && (await exec('astro', ['build', '--silent'])) !== 0) {
    console.error('The site could not be built; what to mend stands above.');
    return 1;
  }
  const lessons = lessonsOf(options, course);
  if (options.shuffle !== undefined) {
    console.log(`Shuffled with the seed ${options.shuffle}: ${lessons.map((lesson) => lesson.slug).join(', ')}`);
  }
  const results = resolve(REPORTS, 'results');
  await rm(results, { recursive: true, force: true });
  await rm(PLAYWRIGHT, { force: true });
  await mkdir(results, { recursive: true });
  const plan: Plan = {
    pages: lessons.map((lesson) => lesson.url),
    named: options.pages.length > 0,
    provesRunner: provesRunner(options),
    runId: randomBytes(4).toString('hex'),
    update: options.update,
    keep: options.keep,
    results,
    cluster: options.existing ?? { kind: clusterName(options), cni: options.cni },
  };
  let created: number | undefined;
  const compared: Counts[] = [];
  try {
    // One clear error now, rather than one for each page.
    if (options.existing) await (await openExistingCluster(options.existing)).close();
    created = await makeCluster(options);
    await exec('playwright', ['test', '-c', 'e2e/lessons/playwright.config.ts'], {
      env: { [PLAN]: JSON.stringify(plan) },
      stop: stopping(),
    });
    if (comparesRecordings(options)) {
      for (const compare of [askKubectl, runScenarios]) compared.push(await counted(compare(options)));
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  } finally {
    if (!options.existing && !options.keep) {
      // The second one is there only when the run was interrupted.
      for (const name of [clusterName(options), ownClusterName(clusterName(options))]) await deleteKindCluster(name);
    }
  }
  if (comparesRecordings(options) && compared.length === 0) compared.push({ passed: 0, failed: 1, skipped: [] });
  return report(options, created, compared);
}

/** What the simulated cluster is held to is what the cluster that the lessons are proven on shows. */
function comparesRecordings({ pages, existing, cni }: Options): boolean {
  return pages.length === 0 && !existing && cni === undefined;
}

/** What fails as a whole is one failure, and keeps nothing else from being compared. */
async function counted(compared: Promise<Counts>): Promise<Counts> {
  try {
    return await compared;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return { passed: 0, failed: 1, skipped: [] };
  }
}

/** Compares what happens on kind in the scenarios with what was recorded; with --update it is recorded anew. */
function runScenarios(options: Options): Promise<Counts> {
  const asked = { kind: clusterName(options), record: options.update, runs: 3, only: [], workdir: undefined };
  return proveOnKind(asked, console.log);
}

/** Compares kind's answers to kubectl with the recorded ones; with --update they are recorded anew. */
async function askKubectl(options: Options): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'clusterbook-kind-'));
  try {
    const kubeconfig = join(folder, 'kubeconfig');
    const { status, said } = await capture('kind', ['get', 'kubeconfig', '--name', clusterName(options)]);
    if (status !== 0) throw new Error(said);
    await writeFile(kubeconfig, said, { mode: 0o600 });
    const asked = { kubeconfig, simulated: false, record: options.update, only: [], workdir: undefined, ours: false };
    const { passed, failed, problems } = await askAll(asked, console.log);
    for (const problem of problems) console.error(problem);
    return { passed, failed: failed.length + problems.length, skipped: [] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The runner's own tests on a cluster belong to a run of everything. */
function provesRunner({ pages, update, existing }: Options): boolean {
  return pages.length === 0 && !update && !existing;
}

/**
 * Ctrl+C and SIGTERM end the tests, not this: the cluster is deleted and the result told all the same. A terminal sends Ctrl+C to
 * the tests itself.
 */
function stopping(): AbortSignal {
  const controller = new AbortController();
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => controller.abort());
  return controller.signal;
}

/** Seconds that it took; undefined when there was one to use. */
async function makeCluster(options: Options): Promise<number | undefined> {
  if (options.existing || (options.reuse && (await kindClusterExists(clusterName(options))))) return undefined;
  const start = performance.now();
  await createKindCluster(clusterName(options), { cni: options.cni, say: console.log });
  return (performance.now() - start) / 1000;
}

async function report(options: Options, created: number | undefined, compared: readonly Counts[]): Promise<number> {
  const all = await readResults(resolve(REPORTS, 'results'), lessonsOf(options, course));
  // After the page that found the cluster gone nothing can be said of the others.
  const end = all.findIndex(([, result]) => result?.clusterGone);
  const results = end < 0 ? all : all.slice(0, end + 1);
  const rows = conservation(results);
  const figures = { created, ...figuresOf(results) };
  const counts = total([
    countBlocks(results),
    ...compared,
    ...(provesRunner(options) ? [await countPlaywright(PLAYWRIGHT, ['own-cluster.spec.ts', 'runner.spec.ts'])] : []),
  ]);
  await writeFile(`${REPORTS}/figures.json`, JSON.stringify({ ...figures, ...counts }, undefined, 2));
  console.table(
    rows.map((row) => {
      const seconds = figures.pages.find((page) => page.page === row.page)?.seconds;
      return { ...row, seconds: seconds === undefined ? 'not run' : seconds.toFixed(1) };
    }),
  );
  for (const retried of figures.retried) console.log(`retried: ${retried}`);
  const lost = unaccounted(rows);
  const gone = end < 0 ? undefined : all[end];
  if (gone) console.error(`The cluster was gone on ${gone[0].url}; the pages after it were not run.`);
  else for (const sentence of lost) console.error(`not accounted for: ${sentence}`);
  if (options.update) {
    const changed = await updateLessons(results);
    console.log(`${changed.length} outputs were recorded. Review them with git diff, then run again without --update.`);
  } else if (options.record) {
    const proven = await recordVerification(results, new Date().toISOString().slice(0, 10));
    await recordTranscripts(results);
    console.log(`content/verification.json: ${proven} of ${results.length} pages proven in this run`);
  }
  for (const reason of counts.skipped) console.log(`skipped: ${reason}`);
  const sum = (key: 'parsed' | 'run' | 'notApplicable' | 'skipped') => rows.reduce((total, row) => total + row[key], 0);
  console.log(
    `${sum('parsed')} parsed = ${sum('run')} run + ${sum('notApplicable')} not applicable + ${sum('skipped')} skipped`,
  );
  console.log(closingLine(counts));
  return counts.failed === 0 && lost.length === 0 && counts.passed > 0 ? 0 : 1;
}
