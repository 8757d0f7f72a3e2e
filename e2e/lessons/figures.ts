import type { Results } from './results.ts';

/** What a run took: a row for each page, and what the runner adds to a block. */
export interface Figures {
  readonly pages: readonly { readonly page: string; readonly seconds: number; readonly blocks: number }[];
  /** Seconds of a block beyond its commands (click, clipboard, typing, comparing): the median of blocks that were run once. */
  readonly overhead: number;
  readonly retried: readonly string[];
}

export function figuresOf(results: Results): Figures {
  const pages = results.flatMap(([lesson, result]) =>
    result ? [{ page: lesson.slug, seconds: result.seconds, blocks: lesson.blocks.length }] : [],
  );
  const blocks = results.flatMap(([lesson, result]) => (result?.blocks ?? []).map((block) => ({ lesson, block })));
  const overheads = blocks
    .filter(
      ({ block }) =>
        block.outcome === 'passed' && block.commands.every((each) => each.tries === 1 && each.status !== undefined),
    )
    .map(({ block }) => block.seconds - block.commands.reduce((sum, each) => sum + each.seconds, 0))
    .sort((a, b) => a - b);
  return {
    pages,
    overhead: overheads[Math.floor(overheads.length / 2)] ?? 0,
    retried: blocks.flatMap(({ lesson, block }) =>
      block.commands.filter((each) => each.tries > 1).map((each) => `${lesson.slug}#${each.id}: ${each.tries} tries`),
    ),
  };
}
