import { describe, expect, it } from 'vitest';
import type { CommandBlock } from '#course/block/block.ts';
import type { Course, Lesson } from '#course/lesson.ts';
import { lessonsOf, type Options, readOptions } from './options.ts';

const lesson = (slug: string, more: Partial<Lesson> = {}) =>
  ({ slug, url: `/m/${slug}/`, blocks: [{} as CommandBlock], ...more }) as Lesson;
const course = {
  modules: [
    {
      slug: 'm',
      lessons: [
        lesson('drill', { cluster: 'own' }),
        lesson('a'),
        lesson('b'),
        lesson('c'),
        lesson('text', { blocks: [] }),
      ],
    },
  ],
} as unknown as Course;
const read = (...args: string[]) => readOptions(args, course) as Options;
const slugs = (...args: string[]) => lessonsOf(read(...args), course).map((each) => each.slug);

describe('readOptions', () => {
  it('makes a cluster, proves everything, deletes it, when nothing is said', () => {
    expect(read()).toEqual({
      pages: [],
      keep: false,
      reuse: false,
      shuffle: undefined,
      update: false,
      cni: undefined,
      build: true,
      record: true,
      existing: undefined,
    });
  });
  it('keeps a cluster that it may reuse', () => {
    expect(read('--reuse')).toMatchObject({ keep: true, reuse: true });
  });
  it('reads an existing cluster', () => {
    const args = [
      '--kubeconfig',
      'k',
      '--node-shell',
      'ssh {node}',
      '--node',
      'cp1=controlplane',
      '--node',
      'w1=node01',
    ];
    expect(read(...args).existing).toEqual({
      kubeconfig: 'k',
      nodeShell: 'ssh {node}',
      names: { cp1: 'controlplane', w1: 'node01', w2: 'w2' },
    });
  });
  it('knows --help', () => {
    expect(readOptions(['--help'], course)).toBe('help');
  });
  const wrong: [args: string[], says: string][] = [
    [['--page', 'nothing'], 'No page is called "nothing". The pages are drill, a, b, c, text.'],
    [['--node', 'cp1=x'], '--node-shell and --node speak of an existing cluster'],
    [['--kubeconfig', 'k'], '--kubeconfig needs --node-shell too'],
    [['--kubeconfig', 'k', '--node-shell', 'ssh cp1'], 'opens the same shell for every node'],
    [['--kubeconfig', 'k', '--node-shell', 'ssh {node}', '--node', 'cp2=x'], 'names no node of the pages'],
    [['--kubeconfig', 'k', '--node-shell', 'ssh {node}', '--node', 'cp1=Not A Name'], 'Use lower case letters'],
    [['--kubeconfig', 'k', '--node-shell', 'ssh {node}', '--update'], '--update and --cni speak of a kind cluster'],
    [['--cni', 'flannel'], '--cni flannel is not known: write --cni calico.'],
    [['--unknown'], "Unknown option '--unknown'"],
  ];
  for (const [args, says] of wrong) {
    it(`refuses ${args.join(' ')}`, () => {
      expect(() => readOptions(args, course)).toThrow(says);
    });
  }
});

describe('lessonsOf', () => {
  it('takes the pages with commands, those with a cluster of their own last', () => {
    expect(slugs()).toEqual(['a', 'b', 'c', 'drill']);
    expect(slugs('--page', 'c', '--page', 'a')).toEqual(['a', 'c']);
  });
  it('shuffles by a seed that can be repeated', () => {
    const orders = new Set(Array.from({ length: 20 }, (_, seed) => slugs('--shuffle', String(seed)).join()));
    expect(orders.size).toBeGreaterThan(3);
    expect(slugs('--shuffle', '7')).toEqual(slugs('--shuffle', '7'));
    expect(slugs('--shuffle').toSorted()).toEqual(['a', 'b', 'c', 'drill']);
  });
});
