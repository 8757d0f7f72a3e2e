import GithubSlugger from 'github-slugger';
import type { Code, Nodes, Root, RootContent } from 'mdast';
import type { MdxJsxFlowElement } from 'mdast-util-mdx-jsx';
import { toString as textOf } from 'mdast-util-to-string';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkMdx from 'remark-mdx';
import remarkParse from 'remark-parse';
import remarkStringify from 'remark-stringify';
import { unified } from 'unified';
import { SKIP, visit } from 'unist-util-visit';
import { VFileMessage } from 'vfile-message';
import type { CommandBlock } from '#course/block/block.ts';
import { parseBlock, parseSample } from '#course/block/parse-block.ts';
import type { CheatExtract, Heading, Lesson, LessonLink, Task } from '#course/lesson.ts';
import type { Place, Problem } from '#course/problem.ts';
import { parseDiagram } from '../diagrams/diagram.ts';
import { readFence } from '../fences/fence.ts';
import { attribute, checkComponent } from './components.ts';
import { readFrontmatter } from './frontmatter.ts';

const processor = unified()
  .use(remarkParse)
  .use(remarkFrontmatter, ['yaml'])
  .use(remarkGfm)
  .use(remarkMdx)
  .use(remarkStringify, { bullet: '-', rule: '-' });

/** Where a lesson's file stands in the course. */
export interface LessonAddress {
  readonly module: string;
  readonly slug: string;
  readonly order: number;
  /** Path relative to the project, as problems name it. */
  readonly file: string;
}

/** Reads a lesson's source into a syntax tree, or says where MDX refuses it. */
export function parseMdx(
  source: string,
  file: string,
): { readonly tree?: Root; readonly problems: readonly Problem[] } {
  try {
    return { tree: processor.parse(source), problems: [] };
  } catch (error) {
    if (!(error instanceof VFileMessage)) throw error;
    const place: Place = { file, line: error.line ?? 1, column: error.column ?? 1 };
    return {
      problems: [
        {
          message: `MDX cannot read this: ${error.reason}`,
          cure: 'Close every component; put a literal "<" or "{" in backticks',
          place,
        },
      ],
    };
  }
}

/** Markdown of some nodes, for the cheat sheets and the plain pages. */
export function stringifyNodes(nodes: readonly RootContent[]): string {
  return processor.stringify({ type: 'root', children: [...nodes] }).trim();
}

/**
 * Reads one lesson, once, for everybody: pages, sheets, search records, runners and checks.
 * All problems of the file are reported together; `lesson` is undefined when its frontmatter or its MDX cannot be read.
 */
export function readLesson(
  source: string,
  address: LessonAddress,
): { readonly lesson: Lesson | undefined; readonly problems: readonly Problem[] } {
  const { tree, problems: syntax } = parseMdx(source, address.file);
  if (!tree) return { lesson: undefined, problems: syntax };
  const reading = new Reading(source, address.file);
  reading.walk(tree);
  const first = tree.children[0];
  const front =
    first?.type === 'yaml'
      ? readFrontmatter(first.value, address.file, 2)
      : {
          facts: undefined,
          problems: [
            {
              message: 'the lesson has no frontmatter',
              cure: 'Begin the file with ---, title, description, kind, ---',
              place: { file: address.file, line: 1, column: 1 },
            },
          ],
        };
  const problems = [...front.problems, ...reading.problems];
  if (!front.facts) return { lesson: undefined, problems };
  const { blocks, headings, cheats, links, tasks } = reading;
  return {
    lesson: {
      ...front.facts,
      ...address,
      url: `/${address.module}/${address.slug}/`,
      blocks,
      headings,
      cheats,
      links,
      tasks,
    },
    problems,
  };
}

/** What layouts and their components use in each page. */
const FRAME_IDS: ReadonlySet<string> = new Set(
  'announcer checked course-nav documentation main names-notice node-names page-toc settings single-keys your-score'.split(
    ' ',
  ),
);

class Reading {
  readonly blocks: CommandBlock[] = [];
  readonly headings: Heading[] = [];
  readonly cheats: CheatExtract[] = [];
  readonly links: LessonLink[] = [];
  readonly tasks: Task[] = [];
  readonly problems: Problem[] = [];
  private readonly slugger = new GithubSlugger();
  private readonly ids = new Map<string, Place>();
  private readonly source: string;
  private readonly file: string;

  constructor(source: string, file: string) {
    this.source = source;
    this.file = file;
  }

  walk(tree: Root): void {
    visit(tree, (node) => {
      switch (node.type) {
        case 'code':
          this.fence(node);
          break;
        case 'heading':
          this.heading(node.depth, textOf(node), this.place(node));
          break;
        case 'link':
        case 'definition':
          this.links.push({ url: node.url, place: this.place(node) });
          break;
        case 'image':
          this.image(node.alt ?? '', this.place(node));
          break;
        case 'mdxJsxFlowElement':
        case 'mdxJsxTextElement':
          this.problems.push(...checkComponent(node, this.file));
          if (node.type === 'mdxJsxFlowElement') this.component(node);
          break;
        case 'mdxjsEsm':
        case 'mdxFlowExpression':
        case 'mdxTextExpression':
          this.problems.push({
            message: 'lessons hold no code of their own',
            cure: 'Remove the import, export or {…}; put a literal "{" in backticks',
            place: this.place(node),
          });
          return SKIP;
        default:
      }
      return undefined;
    });
  }

  private place(node: Nodes): Place {
    return { file: this.file, line: node.position?.start.line ?? 1, column: node.position?.start.column ?? 1 };
  }

  /** Ids of blocks, diagrams, tasks and headings share the page's addresses. */
  private claim(id: string, what: string, place: Place): void {
    if (FRAME_IDS.has(id)) {
      this.problems.push({
        message: `the id "${id}" of the ${what} is taken by the frame of every page`,
        cure: 'Choose another',
        place,
      });
    }
    const taken = this.ids.get(id);
    if (taken) {
      this.problems.push({
        message: `the id "${id}" of this ${what} is taken by line ${taken.line}`,
        cure: 'Give it one of its own: addresses lead to one place',
        place,
      });
    }
    this.ids.set(id, place);
  }

  private heading(depth: number, text: string, place: Place): void {
    if (depth === 1) {
      this.problems.push({
        message: 'the page has a second title',
        cure: 'The frontmatter gives the title; begin with "##"',
        place,
      });
    }
    const slug = this.slugger.slug(text);
    this.headings.push({ depth, text, slug });
    this.claim(slug, 'heading', place);
  }

  private image(alternative: string, place: Place): void {
    if (alternative.trim() !== '') return;
    this.problems.push({
      message: 'the image has no text alternative',
      cure: 'Say between the brackets what the picture says: ![…](…)',
      place,
    });
  }

  private component(node: MdxJsxFlowElement): void {
    if (node.name === 'Cheat') {
      this.cheats.push({
        title: attribute(node, 'title') ?? '',
        markdown: stringifyNodes(node.children as RootContent[]),
      });
    }
    if (node.name !== 'Task') return;
    const count = (name: string) => {
      const value = attribute(node, name);
      return value === undefined ? undefined : Number(value);
    };
    const id = attribute(node, 'id') ?? `task-${this.tasks.length + 1}`;
    const title = attribute(node, 'title') ?? '';
    this.tasks.push({ id, title, minutes: count('minutes'), marks: count('marks') });
    this.headings.push({ depth: 2, text: title, slug: id });
    this.claim(id, 'task', this.place(node));
  }

  private fence(node: Code): void {
    const read = readFence(node, this.file, this.source);
    this.problems.push(...read.problems);
    if (read.language === undefined) return;
    const { fence } = read;
    if (read.language === 'console') {
      const { block, problems } = parseBlock(fence);
      this.problems.push(...problems);
      if (!block) return;
      this.claim(block.id, 'block', block.place);
      for (const command of block.commands) this.claim(command.id, 'command', command.place);
      this.blocks.push(block);
    } else if (read.language === 'sample') this.problems.push(...parseSample(fence).problems);
    else if (read.language === 'mermaid') this.diagram(fence.meta, fence.body, fence.place);
  }

  private diagram(meta: string, body: string, place: Place): void {
    const { diagram, problems } = parseDiagram(meta, body);
    for (const { message, cure, lineOffset } of problems) {
      this.problems.push({ message, cure, place: { ...place, line: place.line + lineOffset } });
    }
    if (!diagram) return;
    for (const id of [diagram.id, `${diagram.id}-title`, `${diagram.id}-desc`]) this.claim(id, 'diagram', place);
    for (const match of body.matchAll(/^\s*click\s+\S+\s+(?:href\s+)?"([^"]+)"/gm)) {
      const line = place.line + 1 + body.slice(0, match.index).trimEnd().split('\n').length;
      this.links.push({ url: match[1] ?? '', place: { ...place, line } });
    }
  }
}
