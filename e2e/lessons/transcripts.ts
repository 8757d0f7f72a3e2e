import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lesson } from '#course/lesson.ts';
import { isProven, type Results } from './results.ts';

/** What a page's commands printed in the last run that proved it: the matcher is tested against it without a cluster. */
export interface Transcript {
  /** The cluster's gitVersion. */
  readonly kubernetes: string;
  /** By id of the command. */
  readonly commands: Readonly<Record<string, { readonly text: string; readonly lines: readonly string[] }>>;
}

const FOLDER = fileURLToPath(new URL('transcripts', import.meta.url));

/** Keeps what proven pages printed. */
export async function recordTranscripts(results: Results): Promise<void> {
  for (const [lesson, result] of results) {
    if (!isProven(result)) continue;
    const commands = Object.fromEntries(
      result.blocks.flatMap((block) => block.commands.map(({ id, text, lines }) => [id, { text, lines }] as const)),
    );
    const transcript: Transcript = { kubernetes: result.properties.kubernetes, commands };
    const file = fileOf(lesson);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${JSON.stringify(transcript, undefined, 1)}\n`);
  }
}

/** Undefined for a page that was never proven. */
export async function readTranscript(lesson: Lesson): Promise<Transcript | undefined> {
  try {
    return JSON.parse(await readFile(fileOf(lesson), 'utf8')) as Transcript;
  } catch {
    return undefined;
  }
}

function fileOf(lesson: Pick<Lesson, 'module' | 'slug'>): string {
  return join(FOLDER, lesson.module, `${lesson.slug}.json`);
}
