import type { Failure } from '#course/matcher/judge.ts';
import type { BlockResult, CommandResult, PageResult } from './page-result.ts';

const MARKS = { same: '  ', missing: '- ', extra: '+ ' } as const;
const SHOWN_LINES = 60;

/** A failure as a terminal shows it: the sentence, then `- ` what the page shows, `+ ` what the run showed. */
function formatFailure({ message, diff = [] }: Failure): string {
  const lines = diff.slice(0, SHOWN_LINES).map(({ kind, text }) => `    ${MARKS[kind]}${text}`);
  const more = diff.length - lines.length;
  return [`  ${message}`, ...lines, ...(more > 0 ? [`    (${more} more lines)`] : [])].join('\n');
}

/** Every failed command of a block, with what was typed. */
export function formatBlock(where: string, block: BlockResult): string {
  return block.commands
    .filter((command): command is CommandResult & { failure: Failure } => command.failure !== undefined)
    .map(({ id, text, failure }) => {
      const typed = text.split('\n').map((line, index) => `  ${index === 0 ? '$ ' : '  '}${line}`);
      return [`${where}#${id}`, ...typed, formatFailure(failure)].join('\n');
    })
    .join('\n');
}

/** Everything wrong with a page; '' when nothing is. */
export function formatPage(page: PageResult): string {
  const failed = page.blocks.filter((block) => block.outcome === 'failed').map((block) => formatBlock(page.url, block));
  const unreached = page.blocks.filter((block) => block.outcome === 'not reached').map((block) => block.id);
  return [
    ...failed,
    ...page.faults.map((fault) => `${page.url}: ${fault}`),
    ...(unreached.length > 0 ? [`${page.url}: not reached: ${unreached.join(', ')}`] : []),
  ].join('\n');
}
