import type { Course, Lesson } from '#course/lesson.ts';
import type { Problem } from '#course/problem.ts';

/** How many blocks of a module may go without proof, and why the number is small: a page that nobody ran rots. */
const QUOTAS = { skip: 2, none: 2 } as const;

/** Addresses that are pages but no lessons; `{module}` stands for each module's slug. */
const OTHER_PAGES = ['/', '/cheat-sheet/', '/your-own-cluster/', '/{module}/', '/{module}/cheat-sheet/'];

/** Checks what no single page can see: links between pages, and the quotas of a module. */
export function checkCourse(course: Course): Problem[] {
  const targets = addresses(course);
  return course.modules.flatMap((module) => [
    ...module.lessons.flatMap((lesson) => brokenLinks(lesson, targets)),
    ...overQuota(module.lessons, 'skip', (block) => block.skip !== undefined),
    ...overQuota(module.lessons, 'none', (block) => block.match === 'none'),
  ]);
}

/** Every address that a lesson may link to, with the anchors of its page. */
function addresses(course: Course): ReadonlyMap<string, ReadonlySet<string>> {
  const map = new Map<string, ReadonlySet<string>>();
  for (const module of course.modules) {
    for (const page of OTHER_PAGES) map.set(page.replace('{module}', module.slug), new Set());
    for (const lesson of module.lessons) map.set(lesson.url, anchors(lesson));
  }
  return map;
}

function anchors(lesson: Lesson): ReadonlySet<string> {
  return new Set([
    ...lesson.headings.map((heading) => heading.slug),
    ...lesson.tasks.map((task) => task.id),
    ...lesson.blocks.flatMap((block) => [block.id, ...block.commands.map((command) => command.id)]),
  ]);
}

function brokenLinks(lesson: Lesson, targets: ReadonlyMap<string, ReadonlySet<string>>): Problem[] {
  return lesson.links.flatMap(({ url, place }): Problem[] => {
    if (/^https:\/\//.test(url)) return [];
    const broken = (message: string, cure: string) => [{ message, cure, place }];
    if (!url.startsWith('/') && !url.startsWith('#')) {
      return broken(
        `the link "${url}" leads nowhere certain`,
        'Write https://… or an address of the site: /module/page/#part',
      );
    }
    const [path = '', anchor] = url.split('#');
    const page = path === '' ? lesson.url : path;
    const known = targets.get(page);
    if (!known) {
      const slashed = targets.has(`${page}/`);
      return broken(`the link "${url}" leads to no page`, slashed ? 'Pages end in a slash' : nearest(page, targets));
    }
    if (anchor !== undefined && !known.has(anchor)) {
      return broken(
        `"${page}" has no part "#${anchor}"`,
        `Its parts are ${[...known].map((each) => `#${each}`).join(' ')}`,
      );
    }
    return [];
  });
}

/** The page of the same name in another module, or how addresses are made. */
function nearest(page: string, targets: ReadonlyMap<string, unknown>): string {
  const name = page.split('/').at(-2) ?? '';
  const same = [...targets.keys()].find((target) => name !== '' && target.endsWith(`/${name}/`));
  return same === undefined
    ? 'An address is /module/page/, the names of folder and file without their numbers'
    : `Did you mean ${same}?`;
}

function overQuota(
  lessons: readonly Lesson[],
  name: keyof typeof QUOTAS,
  counts: (block: Lesson['blocks'][number]) => boolean,
): Problem[] {
  const found = lessons.flatMap((lesson) => lesson.blocks.filter(counts));
  return found.slice(QUOTAS[name]).map((block) => ({
    message: `the module has ${found.length} blocks with ${name === 'skip' ? '"skip"' : 'match=none'}, ${QUOTAS[name]} are allowed`,
    cure: 'Find a form whose answer can be compared',
    place: block.place,
  }));
}
