import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagram, keptName } from './diagram.ts';
import { keptFolder, maker } from './maker.ts';

/**
 * The SVG that was rendered for a diagram: a build needs no browser.
 *
 * @throws Error that says how to render it when the diagram changed since
 */
export function keptDiagram(diagram: Diagram): string {
  const file = join(keptFolder, keptName(diagram, maker()));
  if (existsSync(file)) return readFileSync(file, 'utf8');
  throw new Error(`The diagram "${diagram.id}" is new or changed, and has no picture yet. Type: npm run diagrams`);
}
