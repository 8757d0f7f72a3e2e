import { expect, it } from 'vitest';
import { parseBlock } from './block/parse-block.ts';
import { cheatSheet } from './cheat-sheet.ts';
import type { Lesson, Module } from './lesson.ts';

const place = { file: 'x.mdx', line: 1, column: 1 };
const block = (meta: string, body: string) => {
  const parsed = parseBlock({ meta, body, place, metaPlace: place }).block;
  if (!parsed) throw new Error('the fixture is broken');
  return parsed;
};

function lesson(slug: string, over: Partial<Lesson>): Lesson {
  return {
    title: slug,
    description: '',
    kind: 'lesson',
    docs: [],
    module: 'm',
    slug,
    order: 1,
    url: `/m/${slug}/`,
    file: `${slug}.mdx`,
    blocks: [],
    headings: [],
    cheats: [],
    links: [],
    tasks: [],
    ...over,
  };
}

it('takes captioned blocks and extracts, in reading order, and nothing else', () => {
  const module: Module = {
    slug: 'm',
    number: '02',
    title: 'M',
    summary: '',
    lessons: [
      lesson('etcd', { blocks: [block('id=a cheat="Members?"', '$ etcdctl member list\nx'), block('id=b', '$ ls')] }),
      lesson('empty', { blocks: [block('id=c', '$ ls')] }),
      lesson('cni', {
        blocks: [block('id=d cheat="Calico?" needs="cni=calico"', '$ kubectl get pods -n calico-system')],
      }),
      lesson('summary', { cheats: [{ title: 'Ports', markdown: '| a |' }] }),
    ],
  };
  const sheet = cheatSheet(module);
  expect(sheet.sections.map((section) => section.title)).toEqual(['etcd', 'cni', 'summary']);
  expect(sheet.sections[0]?.entries).toMatchObject([
    { caption: 'Members?', url: '/m/etcd/#a', commands: [{ text: 'etcdctl member list' }], condition: undefined },
  ]);
  expect(sheet.sections[1]?.entries[0]?.condition).toBe('clusters with Calico');
  expect(sheet.sections[2]?.extracts).toEqual([{ title: 'Ports', markdown: '| a |' }]);
});
