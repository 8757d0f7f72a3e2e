import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

it.each(['ARCHITECTURE.md', 'README.md', 'CONTRIBUTING.md', 'AUTHORING.md'])(
  '%s names files that are there',
  async (page) => {
    const text = await readFile(page, 'utf8');
    const named = [...text.matchAll(/`((?:src|e2e|scripts|content|public)\/[^`\s*<>]+)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  },
);
