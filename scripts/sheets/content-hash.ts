import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The built page of a sheet: `all` is the whole course, other names are modules. */
export function sheetUrl(name: string): string {
  return name === 'all' ? '/cheat-sheet/' : `/${name}/cheat-sheet/`;
}

/** What a printed sheet is made of, as a hash: the text of its built page and the styles of paper. */
export async function contentHash(dist: string, name: string): Promise<string> {
  const html = await readFile(join(dist, sheetUrl(name), 'index.html'), 'utf8');
  const main = /<main[\s\S]*<\/main>/.exec(html)?.[0];
  if (main === undefined) throw new Error(`${sheetUrl(name)} has no <main>. Type "npm run build" first.`);
  const styles = await Promise.all(
    ['src/styles/sheet.css', 'src/styles/print.css', 'src/styles/tokens.css'].map((file) => readFile(file, 'utf8')),
  );
  const margins = await readFile(join(dist, 'print-margins.css'), 'utf8');
  return createHash('sha256')
    .update([main, margins, ...styles].join('\0'))
    .digest('hex')
    .slice(0, 16);
}
