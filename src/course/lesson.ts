import type { CommandBlock } from './block/block.ts';
import type { Place } from './problem.ts';

/** What a page is for; the layout follows it. */
export type LessonKind = 'overview' | 'lesson' | 'lab' | 'drill' | 'summary';
export const lessonKinds = ['overview', 'lesson', 'lab', 'drill', 'summary'] as const satisfies readonly LessonKind[];

/** A lesson's frontmatter, checked. */
export interface LessonFacts {
  readonly title: string;
  readonly description: string;
  readonly kind: LessonKind;
  readonly component?: string | undefined;
  readonly minutes?: number | undefined;
  readonly cluster?: 'own' | undefined;
  readonly docs: readonly { readonly title: string; readonly url: string }[];
}

/** A heading that has an address. */
export interface Heading {
  readonly depth: number;
  readonly text: string;
  readonly slug: string;
}

/** A table or list that also goes on the cheat sheet, as Markdown. */
export interface CheatExtract {
  readonly title: string;
  readonly markdown: string;
}

/** A link as written, for the check that it leads somewhere. */
export interface LessonLink {
  readonly url: string;
  readonly place: Place;
}

/** A step of a lab or drill; `marks` are the drill's. */
export interface Task {
  readonly id: string;
  readonly title: string;
  readonly minutes: number | undefined;
  readonly marks: number | undefined;
}

/** One page, read once: what every other part of the site and the runners know of it. */
export interface Lesson extends LessonFacts {
  /** The module's folder without its number: `cluster-architecture`. */
  readonly module: string;
  /** The file's name without number and extension: `kube-apiserver`. */
  readonly slug: string;
  /** The number before the file's name, which gives the order in the module. */
  readonly order: number;
  /** `/cluster-architecture/kube-apiserver/` */
  readonly url: string;
  /** Path of the source, relative to the project. */
  readonly file: string;
  readonly blocks: readonly CommandBlock[];
  readonly headings: readonly Heading[];
  readonly cheats: readonly CheatExtract[];
  readonly links: readonly LessonLink[];
  readonly tasks: readonly Task[];
}

/** A folder of lessons, in reading order. */
export interface Module {
  readonly slug: string;
  /** As printed: `02`. */
  readonly number: string;
  readonly title: string;
  readonly summary: string;
  readonly lessons: readonly Lesson[];
}

/** Everything published, in reading order. */
export interface Course {
  readonly modules: readonly Module[];
}
