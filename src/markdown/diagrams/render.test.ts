import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumArgs, findChromium } from '../../../scripts/chromium.ts';
import { DiagramError, type Renderer, startRenderer } from './render.ts';

let renderer: Renderer;
beforeAll(async () => {
  renderer = await startRenderer(await findChromium(), chromiumArgs);
}, 600_000);
afterAll(() => renderer?.close());

const diagram = (source: string) => ({ id: 'd', title: 'D', description: 'A to B.', source });

it('draws the same picture each time, with text as text', async () => {
  const flow = diagram(
    'flowchart TB\n  accDescr: A to B.\n  a["The API server"]:::control -->|"HTTPS"| b["etcd"]\n  click b "/etcd/"',
  );
  const svg = await renderer.render(flow);
  expect(svg).toContain('>The API server<');
  expect(svg).toContain('>HTTPS<');
  expect(svg).toContain('href="/etcd/"');
  expect(svg).toContain('class="node control"');
  expect(svg).not.toMatch(/foreignObject|<style|style=/);
  expect(await renderer.render(flow)).toBe(svg);
});

it('draws a sequence', async () => {
  const svg = await renderer.render(diagram('sequenceDiagram\n  accDescr: A to B.\n  A->>B: hello'));
  expect(svg).toContain('class="messageLine0"');
  expect(svg).toContain('>hello<');
});

it('says on which line Mermaid gave up', async () => {
  const failure = await renderer
    .render(diagram('flowchart TB\n  a --> b[\n  c --> d'))
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(DiagramError);
  expect((failure as DiagramError).line).toBeGreaterThan(1);
});
