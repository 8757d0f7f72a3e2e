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

/** One record a command. Its words are the command, the caption of its block, and the title of its page. */
export function commandRecords(course: Course): readonly CommandRecord[] {
  return course.modules.flatMap((module) => module.lessons.flatMap(recordsOf));
}

function recordsOf(lesson: Lesson): CommandRecord[] {
  return lesson.blocks.flatMap((block) =>
    block.commands.map((command) => ({
      url: `${lesson.url}#${command.id}`,
      content: [block.cheat, command.text, lesson.title, ...block.needs.map(describeNeed)].filter(Boolean).join('\n'),
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
