import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { collectDiagrams, staleness } from './collect.ts';

let root = '';
const lesson = (label: string) =>
  `---\ntitle: x\n---\n\n\`\`\`mermaid id=chain title="The chain"\nflowchart TB\n  accDescr: A to B.\n  a["${label}"] --> b\n\`\`\`\n`;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'diagrams-'));
  await mkdir(join(root, 'content/modules/02-a'), { recursive: true });
  await mkdir(join(root, 'content/diagrams'), { recursive: true });
  await writeFile(join(root, 'content/modules/02-a/01-x.mdx'), lesson('A'));
});
afterEach(() => rm(root, { recursive: true }));

it('finds a missing picture with the place of its fence', async () => {
  const { missing, orphans } = await staleness(root);
  expect(missing.map(({ place }) => [place.file, place.line])).toEqual([[join('content/modules/02-a/01-x.mdx'), 5]]);
  expect(orphans).toEqual([]);
});

it('finds a picture that is stale once its source changed, and the one that nobody shows', async () => {
  const [found] = await collectDiagrams(root);
  await writeFile(join(root, 'content/diagrams', found?.file ?? ''), '<svg/>');
  expect(await staleness(root)).toEqual({ missing: [], orphans: [] });
  await writeFile(join(root, 'content/modules/02-a/01-x.mdx'), lesson('Another'));
  const { missing, orphans } = await staleness(root);
  expect(missing).toHaveLength(1);
  expect(orphans).toEqual([found?.file]);
});
