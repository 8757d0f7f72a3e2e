import { expect, it } from 'vitest';
import { type Found, groupByPage } from './groups.ts';

const page = (url: string, title: string, subs: string[] = [], score = 1): Found => ({
  score,
  url,
  excerpt: 'x',
  meta: { title },
  sub_results: subs.map((sub) => ({
    title: sub,
    url: `${url}#${sub}`,
    excerpt: 'y',
    weighted_locations: [{ balanced_score: 1 }, { balanced_score: sub === 'third' ? 9 : 1 }],
  })),
});
const command = (url: string, title: string, on: string): Found => ({
  score: 2,
  url,
  excerpt: 'c',
  meta: { kind: 'command', page: title, title: `do ${on}`, place: `on ${on}`, command: `run ${on}` },
});

it('puts the page first whose results weigh most together', () => {
  const groups = groupByPage([
    page('/m/one/', 'One', [], 9),
    page('/m/two/', 'Two', [], 6),
    command('/m/two/#a-1', 'Two', 'w1'),
    command('/m/two/#b-1', 'Two', 'w1'),
  ]);
  expect(groups.map((group) => group.title)).toEqual(['Two', 'One']);
});

it('shows the page, then its commands, then its headings, the best first', () => {
  const groups = groupByPage([
    command('/m/etcd/#list-1', 'etcd', 'cp1'),
    page('/m/lab/', 'Lab'),
    page('/m/etcd/', 'etcd', ['members', 'quorum', 'third']),
  ]);
  expect(groups.map((group) => group.title)).toEqual(['etcd', 'Lab']);
  expect(groups[0]?.hits.map((hit) => [hit.kind, hit.url])).toEqual([
    ['page', '/m/etcd/'],
    ['command', '/m/etcd/#list-1'],
    ['heading', '/m/etcd/#third'],
    ['heading', '/m/etcd/#members'],
  ]);
});

it('shows a page of commands only, and not all of them', () => {
  const [group] = groupByPage([1, 2, 3, 4, 5].map((n) => command(`/m/cni/#c-${n}`, 'CNI', 'w1')));
  expect(group?.title).toBe('CNI');
  expect(group?.hits).toHaveLength(3);
  expect(group?.hits[0]).toMatchObject({ kind: 'command', place: 'on w1', command: 'run w1' });
});
