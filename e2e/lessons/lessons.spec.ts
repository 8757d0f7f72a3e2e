import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import type { Lesson } from '#course/lesson.ts';
import { type NodeNames, ownNames } from '#course/node-names.ts';
import { loadCourse } from '#markdown/course/load-course.ts';
import type { Cluster } from '../kind/cluster.ts';
import { openExistingCluster } from '../kind/existing-cluster.ts';
import { createKindCluster, deleteKindCluster, openKindCluster } from '../kind/kind-cluster.ts';
import { openAll, setNames } from '../site/page-actions.ts';
import { goneFile, ownClusterName, readPlan, resultFile } from './plan.ts';
import type { WrittenResult } from './results.ts';
import { formatBlock, formatPage } from './runner/format-result.ts';
import type { BlockResult } from './runner/page-result.ts';
import type { ReaderPage } from './runner/page-run.ts';
import { runPage } from './runner/run-page.ts';
import { Watchers } from './runner/sessions.ts';

const plan = readPlan();
const course = await loadCourse();
const lessons = course.modules.flatMap((module) => module.lessons);

/** The cluster that most pages share, opened once for a worker. */
let shared: { readonly cluster: Cluster; readonly watchers: Watchers } | undefined;
const gone = goneFile(plan);

test.afterAll(async () => {
  await shared?.watchers.close();
  await shared?.cluster.close();
});

for (const url of plan.pages) {
  const lesson = lessons.find((each) => each.url === url);
  if (!lesson) throw new Error(`${url} is no lesson`);
  test(url, async ({ page }, info) => {
    test.skip(existsSync(gone), 'the cluster is gone');
    if (lesson.cluster === 'own' && !('kind' in plan.cluster) && !plan.named) {
      const reason = 'breaks the control plane, so it runs on an existing cluster only when it is named with --page';
      await write(notApplicable(lesson, reason));
      return;
    }
    const kind = 'kind' in plan.cluster ? plan.cluster : undefined;
    const own = lesson.cluster === 'own' && kind ? ownClusterName(kind.kind) : undefined;
    if (own !== undefined) {
      const wish = { cni: kind?.cni, say: console.log };
      await test.step('a cluster of its own', () => createKindCluster(own, wish));
    }
    let failed = true;
    const { cluster, watchers } = own === undefined ? await theShared() : await opened(openKindCluster(own));
    try {
      const result = await runPage({
        lesson,
        page: await readerPage(page, lesson, cluster.names),
        cluster,
        watchers,
        runId: plan.runId,
        update: plan.update,
        step: (title, body) => shownAsStep(url, title, body),
      });
      await write({ ...result, properties: cluster.properties });
      if (own === undefined && result.clusterGone) await writeFile(gone, url);
      const wrong = formatPage(result);
      if (wrong !== '') {
        await info.attach('differences', { body: wrong, contentType: 'text/plain' });
        throw new Error(`\n${wrong}\n`);
      }
      failed = false;
    } finally {
      if (own !== undefined) {
        await watchers.close();
        await cluster.close();
        // A cluster of a page that failed is worth a look; nobody uses the others again.
        if (!plan.keep || !failed) await deleteKindCluster(own);
      }
    }
  });
}

function write(result: WrittenResult): Promise<void> {
  return writeFile(join(plan.results, resultFile(result.url)), JSON.stringify(result, undefined, 2));
}

function notApplicable({ url, file, blocks }: Lesson, reason: string): WrittenResult {
  return {
    url,
    file,
    seconds: 0,
    blocks: blocks.map(({ id }) => ({ id, outcome: 'not applicable', reason, seconds: 0, commands: [] })),
    faults: [],
    clusterGone: false,
    properties: { kubernetes: '', kind: undefined, cni: '' },
  };
}

/** A failed block is a failed step in the report; the page goes on. */
async function shownAsStep(url: string, title: string, body: () => Promise<BlockResult>): Promise<void> {
  try {
    await test.step(title, async () => {
      const block = await body();
      if (block.outcome === 'failed') throw new Error(formatBlock(url, block));
    });
  } catch {
    // The page's result says it, with all other differences.
  }
}

async function theShared(): Promise<{ cluster: Cluster; watchers: Watchers }> {
  const { cluster } = plan;
  try {
    shared ??= await opened('kind' in cluster ? openKindCluster(cluster.kind) : openExistingCluster(cluster));
  } catch (error) {
    await writeFile(gone, 'it could not be opened');
    throw error;
  }
  return shared;
}

async function opened(opening: Promise<Cluster>): Promise<{ cluster: Cluster; watchers: Watchers }> {
  const cluster = await opening;
  return { cluster, watchers: new Watchers(cluster) };
}

/** The built page in the browser, its folded parts open, its node names set as a reader sets them. */
async function readerPage(page: Page, lesson: Lesson, names: NodeNames): Promise<ReaderPage> {
  await page.goto(lesson.url);
  if (names !== ownNames) {
    await setNames(page, names);
    await page.reload();
  }
  await openAll(page);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  const clicked = async (selector: string) => {
    // What was copied before must not pass for what this button yields.
    await page.evaluate(() => navigator.clipboard.writeText(''));
    await page.locator(selector).click();
    await expect.poll(clipboard, { message: `${selector} copies nothing` }).not.toBe('');
    return clipboard();
  };
  return {
    copy: (command) => clicked(`[id="${command.id}"] button.copy`),
    copyAll: (block) => clicked(`figure[id="${block.id}"] button.copy-all`),
  };
}
