import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What a page costs before anybody touches it, in gzip bytes. */
export interface PageBytes {
  /** `/cluster-architecture/etcd/` */
  readonly page: string;
  /** HTML (inline diagrams included), style sheets and scripts that load with it. */
  readonly total: number;
  readonly scripts: number;
}

/** The budgets of a page, in gzip bytes. */
export const pageBudget = { median: 30 * 1024, worst: 45 * 1024, scripts: 8 * 1024, fonts: 50 * 1024 } as const;

/** Weighs every page of a built site. Files that a script imports at once count; those that it loads later do not. */
export async function weighPages(dir = 'dist'): Promise<readonly PageBytes[]> {
  const names = await readdir(dir, { recursive: true });
  const pages = names.filter((name) => name.endsWith('.html'));
  return Promise.all(pages.map((name) => weigh(dir, name)));
}

/** Bytes of all fonts that the site ships; they are compressed already. */
export async function weighFonts(dir = 'dist'): Promise<number> {
  const names = (await readdir(dir, { recursive: true })).filter((name) => /\.woff2?$/.test(name));
  const sizes = await Promise.all(names.map(async (name) => (await readFile(join(dir, name))).length));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function weigh(dir: string, name: string): Promise<PageBytes> {
  const html = await readFile(join(dir, name), 'utf8');
  const links = (html.match(/<link\b[^>]*>/g) ?? []).filter((tag) => /\brel="?stylesheet\b/.test(tag));
  const styles = links.map((tag) => address(tag, 'href'));
  const entries = (html.match(/<script\b[^>]*\bsrc=[^>]*>/g) ?? []).map((tag) => address(tag, 'src'));
  const scripts = await closure(dir, entries);
  const weights = async (paths: Iterable<string>) =>
    (await Promise.all([...paths].map(async (path) => packed(await readFile(join(dir, path)))))).reduce(
      (a, b) => a + b,
      0,
    );
  const scriptBytes = await weights(scripts);
  const page = `/${name.replace(/index\.html$/, '')}`;
  return { page, scripts: scriptBytes, total: packed(html) + (await weights(new Set(styles))) + scriptBytes };
}

/** The value of an attribute, quoted or not. */
function address(tag: string, attribute: 'href' | 'src'): string {
  return new RegExp(`\\b${attribute}="?([^"\\s>]+)`).exec(tag)?.[1] ?? '';
}

/** Scripts and what they import statically. */
async function closure(dir: string, entries: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const queue = [...entries];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const code = await readFile(join(dir, path), 'utf8');
    for (const match of code.matchAll(
      /(?:^|[;}\s])(?:import|export)\s*(?:[\w*{}\s,$]+from\s*)?["'](\.{1,2}\/[^"']+)["']/g,
    )) {
      queue.push(posix.join(dirname(path), match[1] ?? ''));
    }
  }
  return found;
}

function packed(content: string | Buffer): number {
  return gzipSync(content, { level: 9 }).length;
}

/** The middle of some numbers; of an even count the upper of the two. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
