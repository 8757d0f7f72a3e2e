import type { Command, CommandBlock } from '#course/block/block.ts';
import { renameNodes } from '#course/node-names.ts';
import { type PageRun, StepFailed } from './page-run.ts';

/** What the command's Copy button yields; it must be what the parser read. @throws StepFailed with both */
export async function copied({ page, cluster }: PageRun, command: Command): Promise<string> {
  const text = await page.copy(command);
  const parsed = renameNodes(command.text, cluster.names);
  if (text === parsed) return text;
  throw new StepFailed({
    message: 'the clipboard holds something else than the lesson',
    diff: [
      ...parsed.split('\n').map((line) => ({ kind: 'missing' as const, text: line })),
      ...text.split('\n').map((line) => ({ kind: 'extra' as const, text: line })),
    ],
  });
}

/** "Copy all" of a block of several commands is compared as text. @throws StepFailed */
export async function checkCopyAll({ page, cluster }: PageRun, block: CommandBlock): Promise<void> {
  if (block.commands.length < 2) return;
  const expected = block.commands.map((command) => renameNodes(command.text, cluster.names)).join('\n');
  if ((await page.copyAll(block)) !== expected) {
    throw new StepFailed({ message: '"Copy all" yields something else than the commands of the block' });
  }
}
