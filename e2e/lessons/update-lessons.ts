import { readFile, writeFile } from 'node:fs/promises';
import type { Command, CommandBlock } from '#course/block/block.ts';
import type { Lesson } from '#course/lesson.ts';
import type { Results } from './results.ts';

/** Writes recorded outputs into the lessons. Returns the commands whose output is another now. */
export async function updateLessons(results: Results): Promise<string[]> {
  const changed: string[] = [];
  for (const [lesson, result] of results) {
    const recorded = new Map<string, readonly string[]>();
    for (const command of result?.blocks.flatMap((block) => block.commands) ?? []) {
      if (command.recorded) recorded.set(command.id, command.recorded);
    }
    const source = await readFile(lesson.file, 'utf8');
    const updated = withOutputs(source, lesson, recorded);
    if (updated === source) continue;
    await writeFile(lesson.file, updated);
    changed.push(...[...recorded.keys()].map((id) => `${lesson.url}#${id}`));
  }
  return changed;
}

/** A lesson's source with other outputs below the commands whose ids `recorded` knows. */
export function withOutputs(
  source: string,
  lesson: Pick<Lesson, 'blocks'>,
  recorded: ReadonlyMap<string, readonly string[]>,
): string {
  const lines = source.split('\n');
  const edits = lesson.blocks
    .flatMap((block) =>
      block.commands.map((command, index) => ({
        command,
        output: recorded.get(command.id),
        end: endOf(block, index, lines),
      })),
    )
    .filter((edit): edit is { command: Command; output: readonly string[]; end: number } => edit.output !== undefined)
    // From the last to the first, so that line numbers stay true.
    .sort((a, b) => b.command.place.line - a.command.place.line);
  for (const { command, output, end } of edits) {
    const first = command.place.line - 1;
    const begin = first + command.text.split('\n').length;
    const indent = /^\s*/.exec(lines[first] ?? '')?.[0] ?? '';
    const shown = output.map((line) => (line === '' ? '' : `${indent}${line.startsWith('$ ') ? `\\${line}` : line}`));
    lines.splice(begin, end - begin, ...shown);
  }
  return lines.join('\n');
}

/** Index of the line after a command's output: the next command's, or the closing fence's. */
function endOf(block: CommandBlock, index: number, lines: readonly string[]): number {
  const next = block.commands[index + 1];
  if (next) return next.place.line - 1;
  const fence = /^\s*(`{3,}|~{3,})/.exec(lines[block.place.line - 1] ?? '')?.[1] ?? '```';
  const closing = lines.findIndex((line, at) => at >= block.place.line && line.trim() === fence);
  return closing < 0 ? lines.length : closing;
}
