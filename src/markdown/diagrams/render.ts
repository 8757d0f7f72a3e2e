import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { cleanSvg } from './clean.ts';
import type { Diagram } from './diagram.ts';
import { mermaidConfig } from './maker.ts';

const require = createRequire(import.meta.url);
/** The typeface of the site: labels are measured in what readers see. */
const FONT = join('src', 'styles', 'fonts', 'atkinson-hyperlegible-next.woff2');

/** What Mermaid says of a diagram that it cannot draw; `line` counts from the source's first line, when Mermaid knows it. */
export class DiagramError extends Error {
  override readonly name = 'DiagramError';
  readonly diagram: Diagram;
  readonly line: number | undefined;

  constructor(diagram: Diagram, message: string, line: number | undefined) {
    super(message);
    this.diagram = diagram;
    this.line = line;
  }
}

/** Draws diagrams in a Chromium, one after the other; text is measured in the font that the site ships. */
export interface Renderer {
  /** @throws DiagramError when Mermaid refuses the source */
  render(diagram: Diagram): Promise<string>;
  close(): Promise<void>;
}

export async function startRenderer(executablePath: string, args: readonly string[]): Promise<Renderer> {
  const browser = await chromium.launch({ executablePath, args: [...args] });
  const page = await browser.newPage();
  const font = (await readFile(FONT)).toString('base64');
  await page.setContent(
    `<!doctype html><style>@font-face{font-family:Diagram;font-weight:200 800;src:url(data:font/woff2;base64,${font})}</style><body></body>`,
  );
  await page.addScriptTag({ path: require.resolve('mermaid/dist/mermaid.min.js') });
  await page.evaluate(() => document.fonts.load('16px Diagram'));
  return {
    close: () => browser.close(),
    render: async (diagram) => {
      const result = await page.evaluate(draw, { id: diagram.id, source: diagram.source, config: mermaidConfig });
      if ('svg' in result) return cleanSvg(result.svg, diagram);
      throw new DiagramError(diagram, result.message, result.line);
    },
  };
}

interface Drawing {
  readonly id: string;
  readonly source: string;
  readonly config: object;
}

/** Runs in the browser. */
async function draw({
  id,
  source,
  config,
}: Drawing): Promise<{ svg: string } | { message: string; line: number | undefined }> {
  const { mermaid } = globalThis as unknown as { mermaid: typeof import('mermaid').default };
  mermaid.initialize({ ...config, deterministicIDSeed: id });
  try {
    return { svg: (await mermaid.render(`d-${id}`, source)).svg };
  } catch (error) {
    const hash = (error as { hash?: { loc?: { first_line?: number } } }).hash;
    return { message: error instanceof Error ? error.message : String(error), line: hash?.loc?.first_line };
  }
}
