import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lesson } from '#course/lesson.ts';
import { readLesson } from '../lesson/read-lesson.ts';
import { fingerprint, VERIFICATION_FILE, verificationOf } from './verification.ts';

const page = (body: string, text = 'Text.') => {
  const source = `---\ntitle: A page\ndescription: A page that is made for a test of verification, with one block.\nkind: lab\nminutes: 5\n---\n\n${text}\n\n${body}\n`;
  const { lesson } = readLesson(source, { module: 'm', slug: 'p', order: 1, file: 'p.mdx' });
  if (!lesson) throw new Error('unreadable');
  return lesson;
};
const block = '```console id=a\n$ echo a\na\n```';

describe('fingerprint', () => {
  const known = fingerprint(page(block));
  it('outlives changes of the text and of captions', () => {
    expect(fingerprint(page(block, 'Other text,\n\non more lines.'))).toBe(known);
    expect(fingerprint(page(block.replace('id=a', 'id=a cheat="Say a"')))).toBe(known);
  });
  it('changes with commands, outputs and the way they are compared', () => {
    const others = [
      block.replace('echo a', 'echo b'),
      block.replace('\na\n', '\nb\n'),
      block.replace('id=a', 'id=a on=w1'),
      block.replace('id=a', 'id=a match=contains'),
      block.replace('id=a', 'id=a timeout=60s'),
      `${block}\n\n\`\`\`console id=b\n$ true\n\`\`\``,
    ].map((each) => fingerprint(page(each)));
    expect(new Set([known, ...others]).size).toBe(others.length + 1);
  });
});

describe('verificationOf', () => {
  let root: string;
  const lesson = page(block);
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'clusterbook-verification-'));
    await mkdir(join(root, 'content'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  const recorded = (entry: object) =>
    writeFile(join(root, VERIFICATION_FILE), JSON.stringify({ pages: { [lesson.url]: entry } }));

  it('knows a page whose blocks are as they were', async () => {
    const entry = { fingerprint: fingerprint(lesson), kubernetes: 'v1.36.4', date: '2026-11-23' };
    await recorded(entry);
    expect(await verificationOf(lesson, root)).toEqual(entry);
  });
  it('claims nothing of a page that changed since, or was never run', async () => {
    await recorded({ fingerprint: 'another' });
    expect(await verificationOf(lesson, root)).toBeUndefined();
    expect(await verificationOf({ ...lesson, url: '/m/other/' } as Lesson, root)).toBeUndefined();
  });
});
