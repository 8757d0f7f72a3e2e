import { relative } from 'node:path';
import type { Code, Root } from 'mdast';
import type { MdxJsxFlowElement } from 'mdast-util-mdx-jsx';
import { visit } from 'unist-util-visit';
import type { VFile } from 'vfile';
import { parseBlock, parseSample } from '#course/block/parse-block.ts';
import { parseDiagram } from '../diagrams/diagram.ts';
import { keptDiagram } from '../diagrams/kept.ts';
import { readFence } from './fence.ts';

/**
 * Remark plugin: each fence of a lesson becomes the component that shows it (CommandBlock, Sample, Diagram, Listing), with what
 * the course's own parser made of it as JSON. Broken fences were reported by the check of the whole course before any page is
 * rendered; here one is an error that names its place.
 */
export function remarkFences() {
  return (tree: Root, file: VFile): void => {
    const path = relative(process.cwd(), file.path);
    visit(tree, 'code', (node, index, parent) => {
      if (!parent || index === undefined) return;
      parent.children[index] = component(node, path, String(file.value), (message) => {
        file.fail(message, node.position);
      });
    });
  };
}

function component(node: Code, path: string, source: string, fail: (message: string) => void): MdxJsxFlowElement {
  const read = readFence(node, path, source);
  const [problem] = read.problems;
  if (problem) fail(`${problem.message}. ${problem.cure}.`);
  if (read.language === undefined) return element('Listing', { code: node.value, lang: 'text' });
  const { language, fence } = read;
  switch (language) {
    case 'console': {
      const { block, problems } = parseBlock(fence);
      if (problems[0]) fail(`${problems[0].message}. ${problems[0].cure}.`);
      return element('CommandBlock', { json: JSON.stringify(block) });
    }
    case 'sample': {
      const { sample, problems } = parseSample(fence);
      if (problems[0]) fail(`${problems[0].message}. ${problems[0].cure}.`);
      return element('Sample', { json: JSON.stringify(sample) });
    }
    case 'mermaid': {
      const { diagram, problems } = parseDiagram(fence.meta, fence.body);
      if (!diagram) {
        fail(`${problems[0]?.message}. ${problems[0]?.cure}.`);
        return element('Listing', { code: node.value, lang: 'text' });
      }
      const { id, title, description } = diagram;
      return element('Diagram', { json: JSON.stringify({ id, title, description, svg: keptDiagram(diagram) }) });
    }
    default:
      return element('Listing', { code: node.value, lang: language });
  }
}

function element(name: string, attributes: Readonly<Record<string, string>>): MdxJsxFlowElement {
  return {
    type: 'mdxJsxFlowElement',
    name,
    attributes: Object.entries(attributes).map(([key, value]) => ({ type: 'mdxJsxAttribute', name: key, value })),
    children: [],
  };
}
