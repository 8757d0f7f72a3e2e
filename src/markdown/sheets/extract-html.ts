import { createMarkdownProcessor } from '@astrojs/markdown-remark';

let kept: ReturnType<typeof createMarkdownProcessor> | undefined;

/** A table or list of a `<Cheat>` as HTML. */
export async function extractHtml(markdown: string): Promise<string> {
  kept ??= createMarkdownProcessor({ syntaxHighlight: false, smartypants: false });
  return (await (await kept).render(markdown)).code;
}
