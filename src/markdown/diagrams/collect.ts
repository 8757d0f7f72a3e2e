import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { visit } from 'unist-util-visit';
import type { Place } from '#course/problem.ts';
import { readFence } from '../fences/fence.ts';
import { parseMdx } from '../lesson/read-lesson.ts';
import { type Diagram, keptName, parseDiagram } from './diagram.ts';
import { keptFolder, maker } from './maker.ts';

/** A diagram with the place of its fence and the name of its picture. */
export interface PlacedDiagram {
  readonly diagram: Diagram;
  readonly place: Place;
  readonly file: string;
}

/** All diagrams of the lessons, in reading order. Broken ones are left to the check of the course. */
export async function collectDiagrams(root: string): Promise<readonly PlacedDiagram[]> {
  const base = join('content', 'modules');
  const names = (await readdir(join(root, base), { recursive: true })).filter((name) => name.endsWith('.mdx')).sort();
  const made = maker();
  const found: PlacedDiagram[] = [];
  for (const name of names) {
    const path = join(base, name);
    const source = await readFile(join(root, path), 'utf8');
    const { tree } = parseMdx(source, path);
    if (!tree) continue;
    visit(tree, 'code', (node) => {
      const read = readFence(node, path, source);
      if (read.language !== 'mermaid') return;
      const { diagram } = parseDiagram(read.fence.meta, read.fence.body);
      if (diagram) found.push({ diagram, place: read.fence.place, file: keptName(diagram, made) });
    });
  }
  return found;
}

/** Compares what lessons draw with what is kept: pictures to be made, and pictures that nobody shows. */
export async function staleness(
  root: string,
): Promise<{ readonly missing: readonly PlacedDiagram[]; readonly orphans: readonly string[] }> {
  const wanted = await collectDiagrams(root);
  const kept = (await readdir(join(root, keptFolder)).catch(() => [])).filter((name) => name.endsWith('.svg'));
  return {
    missing: wanted.filter(({ file }) => !kept.includes(file)),
    orphans: kept.filter((name) => !wanted.some(({ file }) => file === name)),
  };
}
