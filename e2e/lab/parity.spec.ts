import { type CommandBlock, isUnrecorded } from '#course/block/block.ts';
import type { ParityOutcome } from '#course/lab-parity.ts';
import type { Lesson } from '#course/lesson.ts';
import { declaredDifferences, parityOf } from '#markdown/course/lab-parity.ts';
import { openAll } from '../site/page-actions.ts';
import { expect, lessons, test } from '../site/site.ts';
import { LabPage } from './lab-page.ts';
import { isRecording, recordPage } from './record-parity.ts';
import { type BlockOutcome, runBlock, stopBlock } from './run-block.ts';

const declared = await declaredDifferences();

// Wide enough for 200 columns, as the terminals have in which the lessons were recorded.
test.use({ viewport: { width: 1900, height: 1000 } });

for (const lesson of lessons.filter(({ blocks }) => blocks.length > 0))
  test(`every command of ${lesson.url} runs in the page as on a real cluster`, async ({ page }) => {
    test.setTimeout(10 * 60_000);
    await page.goto(lesson.url);
    await openAll(page);
    const lab = new LabPage(page);
    await lab.open();
    await lab.speed('5 times as fast');
    const outcomes = await runPage(lesson, {
      run: (block) => runBlock(page, block),
      stop: (block) => stopBlock(page, block),
    });
    const wrong = outcomes.filter(({ id, differences }) => differences.length > 0 && !declared[keyOf(lesson, id)]);
    expect(wrong.map(({ differences }) => differences.join('\n')).join('\n'), 'differences').toBe('');
    // What no longer differs is not declared any more.
    const alike = outcomes.filter(({ id, differences }) => differences.length === 0 && declared[keyOf(lesson, id)]);
    expect(alike.map(({ id }) => id)).toEqual([]);
    const found = outcomesOf(lesson, outcomes);
    if (isRecording) await recordPage(lesson, found);
    else
      expect((await parityOf(lesson))?.blocks, 'what the site publishes; record it with: npm run lab:parity').toEqual(
        found,
      );
  });

test('at most one block in twenty is declared to differ', () => {
  const blocks = lessons.flatMap(({ blocks }) => blocks);
  expect(Object.keys(declared).length).toBeLessThanOrEqual(blocks.length / 20);
});

interface Hands {
  readonly run: (block: CommandBlock) => Promise<BlockOutcome>;
  readonly stop: (block: CommandBlock) => Promise<BlockOutcome>;
}

async function runPage({ blocks }: Lesson, { run, stop }: Hands): Promise<BlockOutcome[]> {
  const outcomes: BlockOutcome[] = [];
  for (const block of blocks) {
    if (block.skip !== undefined || isUnrecorded(block)) continue;
    outcomes.push(await run(block));
  }
  // What was followed is judged when it has ended: at the latest now.
  for (const block of blocks.filter(({ follow }) => follow)) {
    const ended = await stop(block);
    const index = outcomes.findIndex(({ id }) => id === block.id);
    if (index >= 0) outcomes[index] = ended;
  }
  return outcomes;
}

/** What the site publishes of each block. */
function outcomesOf({ blocks }: Lesson, ran: readonly BlockOutcome[]): Record<string, ParityOutcome> {
  return Object.fromEntries(
    blocks.map((block) => {
      const outcome = ran.find(({ id }) => id === block.id);
      if (outcome) return [block.id, outcome.differences.length === 0 ? 'same' : 'differs'];
      return [block.id, block.skip === undefined ? 'not recorded' : 'skipped'];
    }),
  );
}

function keyOf({ slug }: Lesson, id: string): string {
  return `${slug}#${id}`;
}
