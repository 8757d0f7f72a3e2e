import { describe, expect, it } from 'vitest';
import { formatProblem } from '#course/problem.ts';
import { readLesson } from './read-lesson.ts';

const FILE = 'content/modules/02-x/03-etcd.mdx';
const FRONT = `---
title: etcd
description: The key-value store that holds every object of the cluster, and how to ask it.
kind: lesson
---
`;
const FRONT_LINES = 5;

function read(body: string, front = FRONT) {
  const { lesson, problems } = readLesson(front + body, { module: 'x', slug: 'etcd', order: 3, file: FILE });
  return { lesson, errors: problems.map(formatProblem) };
}

const console1 = (meta: string, body = '$ ls') => `\`\`\`console ${meta}\n${body}\n\`\`\`\n`;

describe('a lesson', () => {
  it('is read once, with everything that others need', () => {
    const { lesson, errors } = read(
      [
        'Text with [a link](/x/other/#part).',
        '## Check that it runs',
        console1('id=etcd-pod', '$ kubectl get pods -n kube-system | grep etcd\netcd-cp1   1/1   Running   0   10m'),
        '<Cheat title="Ports">',
        '',
        '| port | who |',
        '| --- | --- |',
        '| 2379 | clients |',
        '',
        '</Cheat>',
        '',
        '<Task title="Look" minutes={2} marks={20}>',
        '',
        console1('id=in-task on=cp1'),
        '',
        '</Task>',
      ].join('\n'),
    );
    expect(errors).toEqual([]);
    expect(lesson).toMatchObject({
      title: 'etcd',
      kind: 'lesson',
      url: '/x/etcd/',
      order: 3,
      docs: [],
      headings: [
        { depth: 2, text: 'Check that it runs', slug: 'check-that-it-runs' },
        { depth: 2, text: 'Look', slug: 'task-1' },
      ],
      links: [{ url: '/x/other/#part' }],
      tasks: [{ id: 'task-1', title: 'Look', minutes: 2, marks: 20 }],
    });
    expect(lesson?.blocks.map((block) => block.id)).toEqual(['etcd-pod', 'in-task']);
    expect(lesson?.cheats[0]?.title).toBe('Ports');
    expect(lesson?.cheats[0]?.markdown).toContain('| 2379 | clients |');
  });
});

describe('bad input stops with file, line and cure', () => {
  const line = (n: number) => `${FILE}:${FRONT_LINES + n}:`;
  it.each([
    ['an unknown key', console1('id=a colour=red'), `${line(1)}17: unknown key "colour"`],
    [
      "an id of the page's frame",
      console1('id=checked'),
      `${line(1)}1: the id "checked" of the block is taken by the frame of every page`,
    ],
    [
      'a string of one machine',
      console1('id=a', '$ uname -r\n6.1.0-28-amd64'),
      `${line(3)}1: the output shows a kernel, "6.1.0-28-amd64"`,
    ],
    [
      'a duplicate id',
      `${console1('id=a')}\n${console1('id=a')}`,
      `${line(5)}1: the id "a" of this block is taken by line`,
    ],
    ['an id that a heading has', `## Same\n\n${console1('id=same')}`, 'the id "same" of this block is taken'],
    ['an unclosed fence', '```console id=a\n$ ls\n', `${line(1)}1: this fence is never closed. Close it with \`\`\``],
    ['an unclosed quote', console1('id=a cheat="open'), `${line(1)}17: the quote " is never closed`],
    [
      'a bash fence',
      '```bash\nls\n```\n',
      `${line(1)}1: "bash" is no fence that lessons know. Commands stand in console blocks`,
    ],
    ['a fence without language', '```\nls\n```\n', 'the fence names no language'],
    ['a diagram without title', '```mermaid id=d\nflowchart TB\n  accDescr: x\n  a --> b\n```\n', 'title'],
    ['a diagram without description', '```mermaid id=d title="D"\nflowchart TB\n  a --> b\n```\n', 'accDescr'],
    ['an image without a text alternative', 'See\n\n![](./x.svg)\n', `${line(3)}1: the image has no text alternative`],
    ['an unknown component', '<Foo>\n\nx\n\n</Foo>\n', `${line(1)}1: <Foo> is no component of lessons`],
    ['a component without its attribute', '<Check>\n\nx\n\n</Check>\n', '<Check> has no q'],
    ['an unknown attribute', '<Note title="x">\n\nx\n\n</Note>\n', '<Note> has the unknown attribute "title"'],
    ['minutes that are no number', '<Task title="x" minutes={soon}>\n\nx\n\n</Task>\n', 'minutes="soon"'],
    ['a second title', '# Again\n', 'the page has a second title'],
    ['an import', "import x from 'y'\n", 'lessons hold no code of their own'],
    ['an expression', 'The value {1 + 1}.\n', 'lessons hold no code of their own'],
    ['an unclosed component', '<Note>\n\nx\n', 'MDX cannot read this'],
    ['a bare <', 'when a <b holds\n', 'MDX cannot read this'],
  ])('%s', (_name, body, said) => {
    expect(read(body).errors.join('\n')).toContain(said);
  });

  it.each([
    ['no frontmatter', '', ':1:1: the lesson has no frontmatter'],
    ['a missing description', '---\ntitle: etcd\nkind: lesson\n---\n', '"description" does not fit'],
    ['an unknown kind', FRONT.replace('kind: lesson', 'kind: blog'), ':4:1: "kind" does not fit'],
    ['an unknown key', FRONT.replace('kind:', 'author: me\nkind:'), ':4:1: there is the unknown key "author"'],
    ['broken YAML', '---\ntitle: "a\n---\n', 'this is no YAML'],
    ['a drill without minutes', FRONT.replace('lesson', 'drill'), 'a drill says how many minutes it takes'],
    [
      'documentation of another release',
      FRONT.replace(
        'kind: lesson',
        'kind: lesson\ndocs:\n  - title: etcd docs\n    url: https://kubernetes.io/docs/x/',
      ),
      ':7:5: "docs.0.url" does not fit',
    ],
  ])('%s', (_name, front, said) => {
    expect(read('Text.\n', front).errors.join('\n')).toContain(said);
  });

  it('reports several problems together', () => {
    expect(read(`${console1('id=a x=1')}\n![](./x.svg)\n\n${console1('y=1')}`).errors.length).toBeGreaterThanOrEqual(4);
  });
});
