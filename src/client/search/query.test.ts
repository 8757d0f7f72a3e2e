import { expect, it } from 'vitest';
import { essentialWords } from './query.ts';

it.each([
  ['which node will run my pod', 'node run pod'],
  ['Why is my Pod Pending?', 'Pod Pending'],
  ['  member   list ', 'member list'],
  ['6443', '6443'],
  ['who am i', 'am'],
  ['is it', 'is it'],
  ['--previous', '--previous'],
])('%j asks for %j', (query, words) => {
  expect(essentialWords(query)).toBe(words);
});
