import type { CommandBlock } from '#course/block/block.ts';

const known = new Map<string, Promise<readonly CommandBlock[]>>();

/** The blocks of a page, as the course's parser read them. @param path `/cluster-architecture/etcd/` @throws Error when they cannot be had */
export function blocksOf(path: string): Promise<readonly CommandBlock[]> {
  const asked = known.get(path) ?? load(path);
  known.set(path, asked);
  // What failed is asked for again.
  asked.catch(() => known.delete(path));
  return asked;
}

async function load(path: string): Promise<readonly CommandBlock[]> {
  const response = await fetch(`${path}blocks.json`);
  if (!response.ok) throw new Error(`the commands of this page cannot be loaded (${response.status})`);
  return (await response.json()) as readonly CommandBlock[];
}
