import { type Command, type CommandBlock, describeNeed, isUnrecorded } from './block/block.ts';
import type { CheatExtract, Lesson, Module } from './lesson.ts';

/** A caption and its commands, with the address of the block on its page. */
export interface CheatEntry {
  readonly caption: string;
  readonly on: CommandBlock['on'];
  readonly commands: readonly Command[];
  readonly url: string;
  /** Why it does not apply everywhere, as the author wrote it in `needs`; undefined when it does. */
  readonly condition: string | undefined;
}

/** What one lesson contributes. */
export interface CheatSection {
  readonly title: string;
  readonly url: string;
  readonly entries: readonly CheatEntry[];
  readonly extracts: readonly CheatExtract[];
}

/** The sheet of one module, in reading order; lessons that contribute nothing are left out. */
export interface CheatSheet {
  readonly module: Pick<Module, 'slug' | 'number' | 'title'>;
  readonly sections: readonly CheatSection[];
}

/** Makes a module's sheet from the very blocks and tables of its lessons: nothing on a sheet is written twice. */
export function cheatSheet(module: Module): CheatSheet {
  return {
    module: { slug: module.slug, number: module.number, title: module.title },
    sections: module.lessons
      .map(section)
      .filter((candidate) => candidate.entries.length > 0 || candidate.extracts.length > 0),
  };
}

function section(lesson: Lesson): CheatSection {
  return {
    title: lesson.title,
    url: lesson.url,
    entries: lesson.blocks.flatMap((block) =>
      block.cheat === undefined
        ? []
        : [
            {
              caption: block.cheat,
              on: block.on,
              commands: block.commands,
              url: `${lesson.url}#${block.id}`,
              condition: isUnrecorded(block) ? block.needs.map(describeNeed).join(', ') : undefined,
            },
          ],
    ),
    extracts: lesson.cheats,
  };
}
