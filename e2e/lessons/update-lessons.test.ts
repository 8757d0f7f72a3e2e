import { describe, expect, it } from 'vitest';
import { readLesson } from '#markdown/lesson/read-lesson.ts';
import { withOutputs } from './update-lessons.ts';

const source = `---
title: A page
description: A page that is made for a test of recording, with blocks of its own.
kind: lab
minutes: 5
---

Text.

\`\`\`console id=two
$ echo \\
  a
old
$ echo b
old
older
\`\`\`

<Note>

\`\`\`console id=none
$ true
\`\`\`

</Note>
`;

describe('withOutputs', () => {
  it('writes outputs below their commands and touches nothing else', () => {
    const { lesson } = readLesson(source, { module: 'm', slug: 'p', order: 1, file: 'p.mdx' });
    if (!lesson) throw new Error('unreadable');
    const updated = withOutputs(
      source,
      lesson,
      new Map([
        ['two-1', ['new', '', '$ prompt']],
        ['two-2', []],
        ['none-1', ['said']],
      ]),
    );
    expect(updated).toBe(
      source
        .replace('  a\nold\n', '  a\nnew\n\n\\$ prompt\n')
        .replace('$ echo b\nold\nolder\n', '$ echo b\n')
        .replace('$ true\n', '$ true\nsaid\n'),
    );
    expect(withOutputs(source, lesson, new Map())).toBe(source);
  });
});
