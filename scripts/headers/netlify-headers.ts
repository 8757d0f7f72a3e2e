import { readFile } from 'node:fs/promises';
import { parse } from 'smol-toml';
import { z } from 'zod';

const schema = z.object({
  headers: z.array(z.object({ for: z.string().startsWith('/'), values: z.record(z.string(), z.string()) })).default([]),
});

/** One `[[headers]]` of netlify.toml. */
export interface HeaderRule {
  readonly for: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Reads the header rules of a netlify.toml, in the file's order. */
export async function readHeaderRules(file: string): Promise<readonly HeaderRule[]> {
  const result = schema.safeParse(parse(await readFile(file, 'utf8')));
  if (!result.success) throw new Error(`${file}: ${z.prettifyError(result.error)}`);
  return result.data.headers;
}

/**
 * The headers of a path: every rule that matches applies, a later one wins over an earlier one of the same name.
 * `*` stands for any run of characters and `:name` for one part of a path, as Netlify documents for `for`.
 */
export function headersOf(path: string, rules: readonly HeaderRule[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const rule of rules.filter((each) => pattern(each.for).test(path))) {
    for (const [name, value] of Object.entries(rule.values)) headers.set(name.toLowerCase(), value);
  }
  return headers;
}

function pattern(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll(/:[A-Za-z]+/g, '[^/]+');
  return new RegExp(`^${source}$`);
}
