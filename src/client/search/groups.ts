/** What Pagefind tells of one result, as far as it is shown. */
export interface Found {
  /** Pagefind's measure of the match; only its order counts. */
  readonly score: number;
  readonly url: string;
  readonly excerpt: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly sub_results?: readonly {
    readonly title: string;
    readonly url: string;
    readonly excerpt: string;
    readonly weighted_locations: readonly { readonly balanced_score: number }[];
  }[];
}

/** A line that can be chosen: a page, a heading in it, or a command. */
export interface Hit {
  readonly kind: 'page' | 'heading' | 'command';
  readonly title: string;
  readonly url: string;
  /** HTML of Pagefind's own making: escaped text with `<mark>`. */
  readonly excerpt: string;
  /** Of a command: where it is typed. */
  readonly place?: string;
  readonly command?: string;
}

/** The hits of one page. */
export interface Group {
  readonly title: string;
  readonly hits: readonly Hit[];
}

const MOST_HEADINGS = 2;
const MOST_COMMANDS = 3;

/** Groups results by their page. A page with many good results goes before one with a single better one: it is about the matter. */
export function groupByPage(results: readonly Found[]): Group[] {
  const pages = new Map<string, { title: string; score: number; page: Hit[]; headings: Hit[]; commands: Hit[] }>();
  for (const result of results) {
    const path = result.url.replace(/#.*$/, '');
    const isCommand = result.meta['kind'] === 'command';
    const title = (isCommand ? result.meta['page'] : result.meta['title']) ?? path;
    const group = pages.get(path) ?? { title, score: 0, page: [], headings: [], commands: [] };
    group.score += result.score;
    pages.set(path, group);
    if (isCommand) group.commands.push(commandHit(result));
    else {
      group.page.push({ kind: 'page', title, url: path, excerpt: result.excerpt });
      group.headings.push(...headingHits(result, path));
    }
  }
  const ordered = [...pages.values()].sort((a, b) => b.score - a.score);
  return ordered.map(({ title, page, headings, commands }) => ({
    title,
    hits: [...page, ...commands.slice(0, MOST_COMMANDS), ...headings.slice(0, MOST_HEADINGS)],
  }));
}

/** The headings whose text matches, the best first. */
function headingHits({ sub_results: parts = [] }: Found, path: string): Hit[] {
  const weight = (part: (typeof parts)[number]) =>
    part.weighted_locations.reduce((sum, { balanced_score: score }) => sum + score, 0);
  return parts
    .filter(({ url }) => url.startsWith(`${path}#`))
    .toSorted((a, b) => weight(b) - weight(a))
    .map(({ title, url, excerpt }) => ({ kind: 'heading', title, url, excerpt }));
}

function commandHit(result: Found): Hit {
  const { title = '', place = '', command = '' } = result.meta;
  return { kind: 'command', title, url: result.url, excerpt: result.excerpt, place, command };
}
