import type { BlockContent, Code, Paragraph, Root, RootContent } from 'mdast';
import type { MdxJsxFlowElement } from 'mdast-util-mdx-jsx';
import { parseBlock, parseSample } from '#course/block/parse-block.ts';
import type { Lesson } from '#course/lesson.ts';
import { parseDiagram } from '../diagrams/diagram.ts';
import { readFence } from '../fences/fence.ts';
import { attribute } from '../lesson/components.ts';
import { parseMdx, stringifyNodes } from '../lesson/read-lesson.ts';

/**
 * A lesson as plain Markdown, for readers who keep notes: components become headings, quotes and bold words; command blocks say
 * where they are typed; links lead to the published site.
 *
 * @param site origin of the published site, such as `https://example.org`
 */
export function plainMarkdown(lesson: Lesson, source: string, site: string): string {
  const { tree } = parseMdx(source, lesson.file);
  if (!tree) throw new Error(`${lesson.file} cannot be read; the check of the course says why`);
  const body = flatten(tree, { file: lesson.file, source, site });
  const docs = lesson.docs.map(({ title, url }) => `- [${title}](${url})`).join('\n');
  return [
    `# ${lesson.title}`,
    lesson.description,
    stringifyNodes(body),
    docs === '' ? '' : `## Documentation\n\n${docs}`,
    `From ${site}${lesson.url}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

interface Context {
  readonly file: string;
  readonly source: string;
  readonly site: string;
}

function flatten(parent: Root | MdxJsxFlowElement, context: Context): RootContent[] {
  return (parent.children as RootContent[]).flatMap((node): RootContent[] => {
    if (node.type === 'yaml') return [];
    if (node.type === 'code') return fence(node, context);
    if (node.type === 'mdxJsxFlowElement') return component(node, context);
    return [absolute(node, context.site)];
  });
}

/** Links within the site get its origin, so that they work in a notebook. */
function absolute<T extends RootContent>(node: T, site: string): T {
  if (node.type === 'link' && node.url.startsWith('/')) node.url = site + node.url;
  if ('children' in node) for (const child of node.children) absolute(child as RootContent, site);
  return node;
}

function component(node: MdxJsxFlowElement, context: Context): RootContent[] {
  const children = flatten(node, context);
  const get = (name: string) => attribute(node, name) ?? '';
  const quote = (label: string): RootContent[] => [
    { type: 'blockquote', children: [bold(label), ...(children as BlockContent[])] },
  ];
  switch (node.name) {
    case 'Note':
    case 'Warning':
    case 'Healthy':
    case 'Sick':
      return quote(node.name);
    case 'Changed':
      return quote(`Changed since ${get('since')}, was: ${get('was')}`);
    case 'Check':
      return [bold(`Question: ${get('q')}`), ...children];
    case 'Task': {
      const marks = get('marks');
      const size = `${get('minutes')} min${marks === '' ? '' : `, ${marks} marks`}`;
      const title: RootContent = {
        type: 'heading',
        depth: 2,
        children: [{ type: 'text', value: `${get('title')} (${size})` }],
      };
      return [title, ...children];
    }
    case 'Hint':
    case 'Solution':
      return [bold(node.name), ...children];
    default:
      return children;
  }
}

const PLACES = { host: 'On the machine with kubectl', cp1: 'On cp1', w1: 'On w1', w2: 'On w2' } as const;

function fence(node: Code, { file, source }: Context): RootContent[] {
  const read = readFence(node, file, source);
  const plain = (lang: string): Code => ({ type: 'code', lang, value: node.value });
  if (read.language === 'console') {
    const { block } = parseBlock(read.fence);
    if (!block) return [];
    const terminal = block.terminal === 2 ? ', in a second terminal' : '';
    return [paragraph(`${PLACES[block.on]}${terminal}:`), plain('console')];
  }
  if (read.language === 'sample') {
    const { sample } = parseSample(read.fence);
    return [paragraph(`${sample?.reason ?? ''}:`), plain('text')];
  }
  if (read.language === 'mermaid') {
    const { diagram } = parseDiagram(read.fence.meta, read.fence.body);
    return [bold(diagram?.title ?? ''), paragraph(diagram?.description ?? ''), plain('mermaid')];
  }
  return [plain(node.lang ?? 'text')];
}

function paragraph(value: string): Paragraph {
  return { type: 'paragraph', children: [{ type: 'text', value }] };
}

function bold(value: string): Paragraph {
  return { type: 'paragraph', children: [{ type: 'strong', children: [{ type: 'text', value }] }] };
}
