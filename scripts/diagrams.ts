import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatProblem } from '#course/problem.ts';
import { type PlacedDiagram, staleness } from '#markdown/diagrams/collect.ts';
import { keptFolder } from '#markdown/diagrams/maker.ts';
import { DiagramError, startRenderer } from '#markdown/diagrams/render.ts';
import { chromiumArgs, findChromium } from './chromium.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const { missing, orphans } = await staleness('.');
process.exitCode = values.check ? check() : await update();

function check(): number {
  for (const { diagram, place } of missing) {
    const message = `the picture of the diagram "${diagram.id}" is missing or stale`;
    console.error(formatProblem({ message, cure: 'Type "npm run diagrams" and commit content/diagrams', place }));
  }
  for (const name of orphans)
    console.error(`${join(keptFolder, name)}: no lesson shows this picture. Type "npm run diagrams".`);
  if (missing.length + orphans.length === 0) console.log('Every diagram has its picture');
  return missing.length + orphans.length === 0 ? 0 : 1;
}

async function update(): Promise<number> {
  await mkdir(keptFolder, { recursive: true });
  for (const name of orphans) await rm(join(keptFolder, name));
  if (missing.length === 0) {
    console.log(`Every diagram has its picture; ${orphans.length} old ones removed`);
    return 0;
  }
  const renderer = await startRenderer(await findChromium(), chromiumArgs);
  try {
    const results = [];
    for (const placed of missing) results.push(await draw(placed));
    return results.every(Boolean) ? 0 : 1;
  } finally {
    await renderer.close();
  }

  async function draw({ diagram, place, file }: PlacedDiagram): Promise<boolean> {
    try {
      await writeFile(join(keptFolder, file), await renderer.render(diagram));
      console.log(`drawn: ${file}`);
      return true;
    } catch (error) {
      if (!(error instanceof DiagramError)) throw error;
      const line = place.line + (error.line ?? 0);
      const message = `Mermaid cannot draw "${diagram.id}": ${error.message.replaceAll(/\s+/g, ' ')}`;
      console.error(formatProblem({ message, cure: 'Mend the source of the diagram', place: { ...place, line } }));
      return false;
    }
  }
}
