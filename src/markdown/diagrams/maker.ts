import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { MermaidConfig } from 'mermaid';

/** Raised when the cleaning or the renderer changes what an SVG looks like: all pictures are then stale. */
const REVISION = 2;

/** The one configuration of all diagrams. Colours are left to src/styles/diagrams.css, so that one SVG serves both themes. */
export const mermaidConfig = {
  startOnLoad: false,
  securityLevel: 'strict',
  htmlLabels: false,
  deterministicIds: true,
  handDrawnSeed: 1,
  look: 'classic',
  theme: 'base',
  fontFamily: 'Diagram',
  flowchart: {
    htmlLabels: false,
    useMaxWidth: false,
    nodeSpacing: 28,
    rankSpacing: 40,
    padding: 14,
    // Boxes as narrow as their words: more diagrams fit a phone.
    minNodeWidth: 96,
    subGraphTitleMargin: { top: 6, bottom: 6 },
  },
  sequence: {
    useMaxWidth: false,
    mirrorActors: false,
    // Seven participants fit the column, and `kube-apiserver` fits one of them unbroken.
    width: 124,
    height: 44,
    actorMargin: 16,
    wrapPadding: 4,
    messageMargin: 34,
    wrap: true,
    boxMargin: 8,
    noteMargin: 8,
    diagramMarginX: 8,
    diagramMarginY: 8,
  },
} satisfies MermaidConfig;

/** What pictures are made with, as one text: part of each kept SVG's name. */
export function maker(): string {
  const entry = createRequire(import.meta.url).resolve('mermaid/package.json', { paths: [process.cwd()] });
  const { version } = JSON.parse(readFileSync(entry, 'utf8')) as { version: string };
  return JSON.stringify([REVISION, version, mermaidConfig]);
}

/** Where the SVGs are kept, under the project's root. */
export const keptFolder = join('content', 'diagrams');
