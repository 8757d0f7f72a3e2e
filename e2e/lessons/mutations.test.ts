import { describe, expect, it } from 'vitest';
import type { Command, CommandBlock } from '#course/block/block.ts';
import type { Expectation, Pair } from '#course/matcher/expectation.ts';
import { isAnyLines } from '#course/matcher/expectation.ts';
import { type Bindings, matchLine, noBindings } from '#course/matcher/line-pattern.ts';
import { matchOutput } from '#course/matcher/match-output.ts';
import { loadCourse } from '#markdown/course/load-course.ts';
import { readTranscript, type Transcript } from './transcripts.ts';

// Could a page's output be wrong without anybody noticing? Every literal line of every block is deleted from what a real cluster
// printed, and every literal word of it is altered on the page: the matcher has to catch each.

const course = await loadCourse();
const lessons = course.modules.flatMap((module) => module.lessons).filter((lesson) => lesson.blocks.length > 0);

for (const lesson of lessons) {
  const transcript = await readTranscript(lesson);
  describe.skipIf(transcript === undefined)(`${lesson.url} (a page without a transcript was never proven)`, () => {
    for (const block of lesson.blocks) {
      const recorded =
        transcript && block.commands.every((command) => transcript.commands[command.id]?.text === command.text);
      const compared = block.match !== 'none' && block.commands.some((command) => command.output.length > 0);
      if (!compared) continue;
      it.skipIf(!recorded)(
        `${block.id}: every mutation is caught (no transcript of a block that was not run since it changed)`,
        () => {
          if (!transcript) return;
          const survivors = mutantsThatLive(block, transcript);
          expect(survivors).toEqual([]);
        },
      );
    }
  });
}

function mutantsThatLive(block: CommandBlock, transcript: Transcript): string[] {
  let bindings = noBindings;
  const survivors: string[] = [];
  for (const command of block.commands) {
    const lines = transcript.commands[command.id]?.lines ?? [];
    const verdict = matchOutput(expectationOf(block, command, transcript, bindings), lines);
    expect(verdict, `${command.id} as it was printed`).toMatchObject({ fits: true });
    if (!verdict.fits) continue;
    for (const pair of verdict.pairs) {
      survivors.push(...mutate(block, command, transcript, bindings, pair, verdict.pairs, lines));
    }
    bindings = verdict.bindings;
  }
  return survivors;
}

function mutate(
  block: CommandBlock,
  command: Command,
  transcript: Transcript,
  bindings: Bindings,
  pair: Pair,
  pairs: readonly Pair[],
  lines: readonly string[],
): string[] {
  const expectation = expectationOf(block, command, transcript, bindings);
  const lives = (output: readonly string[], actual: readonly string[]) =>
    matchOutput({ ...expectation, output }, actual).fits;
  const shown = command.output[pair.expected] ?? '';
  const survivors: string[] = [];
  const literals = pair.pattern.segments.filter((segment) => segment.kind === 'literal');
  if (literals.length === 0) return [];
  // What stands among lines that the page leaves out may say the same again: the fact is gone when all of them are.
  const used = new Set(pairs.map((each) => each.actual));
  const repeats = (line: string, index: number) =>
    !used.has(index) && matchLine(pair.pattern, line, noBindings) !== undefined;
  const without = lines.filter((line, index) => index !== pair.actual && !repeats(line, index));
  if (lives(command.output, without)) survivors.push(`${command.id}: printed without "${lines[pair.actual]}"`);
  for (const altered of alterations(pair)) {
    const output = command.output.map((line, index) => (index === pair.expected ? altered : line));
    if (lives(output, lines)) survivors.push(`${command.id}: "${altered}" instead of "${shown}"`);
  }
  return survivors;
}

/** The expected line with each literal word altered in turn; what is compared by shape stays. */
function alterations({ pattern }: Pair): string[] {
  const altered: string[] = [];
  pattern.segments.forEach((segment, at) => {
    if (segment.kind !== 'literal') return;
    for (const word of segment.text.matchAll(/[\p{L}\p{N}]+/gu)) {
      const other = otherWord(word[0]);
      const text = `${segment.text.slice(0, word.index)}${other}${segment.text.slice(word.index + word[0].length)}`;
      altered.push(pattern.segments.map((each, index) => (index === at ? text : each.text)).join(''));
    }
  });
  return altered;
}

/** A word of the same length that no rule of shapes takes for a value of its own. */
function otherWord(word: string): string {
  const last = word.at(-1) ?? '';
  return `${word.slice(0, -1)}${last === 'o' ? 'a' : /\d/.test(last) ? String((Number(last) + 1) % 10) : 'o'}`;
}

function expectationOf(block: CommandBlock, command: Command, transcript: Transcript, bindings: Bindings): Expectation {
  return { output: command.output, match: block.match, facts: { kubernetes: transcript.kubernetes }, bindings };
}

it('no output is all left out', () => {
  const empty = lessons.flatMap((lesson) =>
    lesson.blocks.flatMap((block) =>
      block.commands
        .filter((command) => command.output.length > 0 && command.output.every((line) => isAnyLines(line)))
        .map((command) => `${lesson.url}#${command.id}`),
    ),
  );
  expect(empty).toEqual([]);
});
