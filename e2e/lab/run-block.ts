import { expect, type Page } from '@playwright/test';
import type { CommandBlock } from '#course/block/block.ts';

/** What the page says of a block that was run: nothing when every answer has the shape that is shown. */
export interface BlockOutcome {
  readonly id: string;
  /** What the page says of each command that differs. */
  readonly differences: readonly string[];
}

/** As long as a block may take on a cluster, and for a page to say so. */
const SLACK = 30_000;

/** Presses Run on each command of a block, in their order, as a reader does. A command that does not end is left running. */
export async function runBlock(page: Page, block: CommandBlock): Promise<BlockOutcome> {
  const differences: string[] = [];
  for (const { id } of block.commands) {
    const command = page.locator(`[id="${id}"]`);
    await command.locator('button.run').click();
    const mark = command.locator('.run-mark');
    const timeout = block.timeout + (block.retry ?? 0) + SLACK;
    await expect(mark).toHaveAttribute('data-state', block.follow ? /done|stopped|following/ : /done|stopped/, {
      timeout,
    });
    const said = await markOf(page, id);
    if (said !== undefined) differences.push(said);
  }
  return { id: block.id, differences };
}

/** Ends a command that runs on. */
export async function stopBlock(page: Page, { id, commands }: CommandBlock): Promise<BlockOutcome> {
  const command = page.locator(`[id="${commands[0]?.id}"]`);
  const mark = command.locator('.run-mark');
  if ((await mark.getAttribute('data-state')) === 'following') await command.locator('button.run').click();
  await expect(mark).toHaveAttribute('data-state', /done|stopped/, { timeout: SLACK });
  const said = await markOf(page, commands[0]?.id ?? '');
  return { id, differences: said === undefined ? [] : [said] };
}

/** Undefined when all is well, or not over. */
async function markOf(page: Page, id: string): Promise<string | undefined> {
  const mark = page.locator(`[id="${id}"] .run-mark`);
  const [tone, state] = [await mark.getAttribute('data-tone'), await mark.getAttribute('data-state')];
  if (tone === 'good' || state === 'following') return undefined;
  const details = mark.locator('pre');
  const diff = (await details.count()) > 0 ? await details.textContent() : '';
  return `${id}: ${await mark.locator('p').first().textContent()}\n${diff}`;
}
