import { createHash } from 'node:crypto';
import { parseMeta } from '#course/block/meta.ts';

/** A `mermaid` fence, read. */
export interface Diagram {
  /** Unique in its page; the SVG's own ids begin with it. */
  readonly id: string;
  readonly title: string;
  /** Mermaid's accDescr: what someone who cannot see the picture gets. */
  readonly description: string;
  readonly source: string;
}

/** What is wrong with a fence; `lineOffset` counts from the fence's own line. */
export interface DiagramProblem {
  readonly message: string;
  readonly cure: string;
  readonly lineOffset: number;
}

const KEYS = ['id', 'title'];
const FORBIDDEN: readonly { readonly pattern: RegExp; readonly message: string; readonly cure: string }[] = [
  {
    pattern: /^\s*(style|linkStyle|classDef)\b|^\s*(rect|box)\s+(rgba?|hsla?)\(/,
    message: 'the diagram sets colours or styles',
    cure: 'Remove them: the style sheet colours both themes; :::control and :::node are there',
  },
  {
    pattern: /%%\{/,
    message: 'the diagram brings a configuration of its own',
    cure: 'Remove %%{…}%%: all diagrams share one configuration',
  },
  {
    pattern: /<\/?[a-z]+\b[^>]*>/i,
    message: 'the diagram holds HTML',
    cure: 'Write plain words; a long label is wrapped by itself',
  },
  {
    pattern: /:::(?!(control|node)\b)/,
    message: 'the diagram names a class that the style sheet does not know',
    cure: 'Use :::control or :::node',
  },
  {
    pattern: /^\s*click\s+(?!\S+\s+(href\s+)?"\/([^"]*\/)?(#[^"]+)?"\s*$)/,
    message: 'the box is no link to a page of this site',
    cure: 'Write click boxId "/cluster-architecture/etcd/"',
  },
  {
    pattern: /^\s*(create\s+)?actor\s+\w/,
    message: 'the diagram draws a stick figure, which has no room above the first message',
    cure: 'Write participant',
  },
];

/** Reads a `mermaid` fence. All problems are reported; `diagram` is undefined when there are any. */
export function parseDiagram(
  meta: string,
  body: string,
): { readonly diagram: Diagram | undefined; readonly problems: readonly DiagramProblem[] } {
  const read = parseMeta(meta, { file: '', line: 1, column: 1 });
  const problems: DiagramProblem[] = read.problems.map(({ message, cure }) => ({ message, cure, lineOffset: 0 }));
  const say = (message: string, cure: string, lineOffset = 0) => problems.push({ message, cure, lineOffset });
  for (const { key } of read.entries.filter((entry) => !KEYS.includes(entry.key))) {
    say(`unknown key "${key}" of a diagram`, 'A diagram has the keys id and title');
  }
  const value = (name: string) => read.entries.find((entry) => entry.key === name)?.value ?? '';
  const id = value('id');
  const title = value('title').trim();
  const description = describe(body);
  if (!/^[a-z][a-z0-9-]*$/.test(id)) say('the diagram has no id', 'Write id=lower-case-words');
  if (title === '') say('the diagram has no title', 'Write title="What the picture shows"');
  if (description === '') {
    say('the diagram has no accDescr', 'Add "accDescr: …", which says in words what the picture says');
  }
  body.split('\n').forEach((line, index) => {
    if (/^\s*acc(Title|Descr)\b/.test(line)) return;
    const found = FORBIDDEN.find(({ pattern }) => pattern.test(line));
    if (found) say(found.message, found.cure, index + 1);
  });
  return { diagram: problems.length === 0 ? { id, title, description, source: body } : undefined, problems };
}

/** `accDescr: one line`, or `accDescr { several lines }`. */
function describe(body: string): string {
  const line = /^\s*accDescr\s*:\s*(.+)$/m.exec(body)?.[1];
  const block = /^\s*accDescr\s*\{([^}]*)\}/m.exec(body)?.[1];
  return (line ?? block ?? '').replaceAll(/\s+/g, ' ').trim();
}

/**
 * The name of a diagram's kept SVG: it changes with whatever the picture is made of.
 *
 * @param maker Mermaid's version and the configuration, as one text
 */
export function keptName({ id, title, source }: Diagram, maker: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([id, title, source, maker]))
    .digest('hex');
  return `${id}.${hash.slice(0, 12)}.svg`;
}
