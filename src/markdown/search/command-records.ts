import { type CommandBlock, describeNeed } from '#course/block/block.ts';
import type { Course, Lesson } from '#course/lesson.ts';

/** What Pagefind is told of one command, so that it can be found by its text and by what it does. */
export interface CommandRecord {
  /** Leads to the very command. */
  readonly url: string;
  readonly content: string;
  readonly language: 'en';
  readonly meta: Readonly<Record<'title' | 'page' | 'kind' | 'place' | 'command', string>>;
}

const PLACES: Readonly<Record<CommandBlock['on'], string>> = {
  host: 'machine with kubectl',
  cp1: 'on cp1',
  w1: 'on w1',
  w2: 'on w2',
};

/**
 * One record a command. Its words are the command, the caption of its block, the heading that it stands under and its page's title.
 *
 * @param htmlOf a lesson's built page, which knows what stands under which heading
 */
export function commandRecords(course: Course, htmlOf: (lesson: Lesson) => string): readonly CommandRecord[] {
  return course.modules.flatMap((module) => module.lessons.flatMap((lesson) => recordsOf(lesson, htmlOf(lesson))));
}

function recordsOf(lesson: Lesson, html: string): CommandRecord[] {
  const headings = lesson.headings.map(({ slug, text }) => ({ text, at: html.indexOf(` id="${slug}"`) }));
  const headingOf = (id: string) => {
    const at = html.indexOf(` id="${id}"`);
    return headings.findLast((heading) => heading.at >= 0 && heading.at < at)?.text;
  };
  return lesson.blocks.flatMap((block) =>
    block.commands.map((command) => ({
      url: `${lesson.url}#${command.id}`,
      content: [block.cheat, command.text, headingOf(command.id), lesson.title, ...block.needs.map(describeNeed)]
        .filter((words) => words !== undefined)
        .join('\n'),
      language: 'en',
      meta: {
        title: block.cheat ?? command.text,
        page: lesson.title,
        kind: 'command',
        place: PLACES[block.on],
        command: command.text,
      },
    })),
  );
}
