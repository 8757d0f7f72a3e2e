import { expect, it } from 'vitest';
import { parseBlock } from '#course/block/parse-block.ts';
import type { Lesson } from '#course/lesson.ts';
import { commandRecords } from './command-records.ts';

const place = { file: 'etcd.mdx', line: 1, column: 1 };

function lesson(): Lesson {
  const fence = (meta: string, body: string) => {
    const { block } = parseBlock({ meta, body, place, metaPlace: place });
    if (!block) throw new Error(`no block: ${meta}`);
    return block;
  };
  return {
    title: 'etcd',
    description: '',
    kind: 'lesson',
    docs: [],
    module: 'cluster-architecture',
    slug: 'etcd',
    order: 3,
    url: '/cluster-architecture/etcd/',
    file: place.file,
    blocks: [
      fence('id=members on=cp1 cheat="Which members has it?"', '$ sudo etcdctl member list'),
      fence('id=two needs="cni=calico"', '$ kubectl get nodes\n$ kubectl get pods'),
    ],
    headings: [
      { depth: 2, text: 'Ask it', slug: 'ask-it' },
      { depth: 2, text: 'Elsewhere', slug: 'elsewhere' },
    ],
    cheats: [],
    links: [],
    tasks: [],
  };
}

it('makes a record of each command, with what it does, its heading and its page', () => {
  const module = { slug: 'cluster-architecture', number: '02', title: 'Cluster Architecture', summary: '' };
  const html = '<h2 id="ask-it">…<div id="members-1">…<h2 id="elsewhere">…<div id="two-1">…<div id="two-2">';
  const records = commandRecords({ modules: [{ ...module, lessons: [lesson()] }] }, () => html);
  expect(records.map(({ url, content }) => [url, content])).toEqual([
    ['/cluster-architecture/etcd/#members-1', 'Which members has it?\nsudo etcdctl member list\nAsk it\netcd'],
    ['/cluster-architecture/etcd/#two-1', 'kubectl get nodes\nElsewhere\netcd\nclusters with Calico'],
    ['/cluster-architecture/etcd/#two-2', 'kubectl get pods\nElsewhere\netcd\nclusters with Calico'],
  ]);
  expect(records[0]?.meta).toEqual({
    title: 'Which members has it?',
    page: 'etcd',
    kind: 'command',
    place: 'on cp1',
    command: 'sudo etcdctl member list',
  });
});
