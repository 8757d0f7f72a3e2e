import type { Place, Problem } from '../problem.ts';
import type { CommandBlock, Sample } from './block.ts';
import { splitCommands } from './commands.ts';
import { readKeys } from './keys.ts';
import { machineStringProblems } from './machine-strings.ts';
import { parseMeta } from './meta.ts';

/** A fence as the Markdown parser hands it over. */
export interface Fence {
  /** The info string after the language, '' when there is none. */
  readonly meta: string;
  readonly body: string;
  /** Where the opening fence begins. */
  readonly place: Place;
  /** Where `meta` begins. */
  readonly metaPlace: Place;
}

const DEFAULT_TIMEOUT = 30_000;
const SINGLE_COMMAND_KEYS = ['exit', 'follow', 'retry', 'match'];

/** Reads a `console` fence. `block` is undefined when the fence has no usable id or no command; all problems are reported. */
export function parseBlock(fence: Fence): {
  readonly block: CommandBlock | undefined;
  readonly problems: readonly Problem[];
} {
  const meta = parseMeta(fence.meta, fence.metaPlace);
  const { keys, problems: keyProblems } = readKeys(meta.entries);
  const problems: Problem[] = [...meta.problems, ...keyProblems];
  if (!meta.entries.some((entry) => entry.key === 'id')) {
    problems.push({
      message: 'the command block has no id',
      cure: 'Give it one that is unique in its page, such as id=apiserver-pod',
      place: fence.place,
    });
  }
  const { commands, problems: bodyProblems } = splitCommands(fence.body, keys.id ?? 'block', {
    ...fence.place,
    line: fence.place.line + 1,
  });
  problems.push(...bodyProblems);
  for (const { text, output, place } of commands) {
    problems.push(...machineStringProblems(output, { ...place, line: place.line + text.split('\n').length }));
  }
  if (commands.length > 1) {
    for (const entry of meta.entries.filter((each) => SINGLE_COMMAND_KEYS.includes(each.key))) {
      problems.push({
        message: `a block with "${entry.key}" holds exactly one command, this one holds ${commands.length}`,
        cure: 'Give each command a block of its own',
        place: entry.place,
      });
    }
  }
  if (keys.id === undefined || commands.length === 0) return { block: undefined, problems };
  return {
    block: {
      id: keys.id,
      on: keys.on ?? 'host',
      terminal: keys.terminal ?? 1,
      timeout: keys.timeout ?? DEFAULT_TIMEOUT,
      retry: keys.retry,
      exit: keys.exit ?? 0,
      follow: keys.follow,
      match: keys.match ?? 'lines',
      reason: keys.reason,
      cheat: keys.cheat,
      needs: keys.needs ?? [],
      skip: keys.skip,
      cleanup: keys.cleanup ?? false,
      commands,
      place: fence.place,
    },
    problems,
  };
}

/** Reads a `sample` fence: text with the reason why nobody runs it. */
export function parseSample(fence: Fence): {
  readonly sample: Sample | undefined;
  readonly problems: readonly Problem[];
} {
  const meta = parseMeta(fence.meta, fence.metaPlace);
  const problems: Problem[] = [...meta.problems];
  problems.push(...machineStringProblems(fence.body.split('\n'), { ...fence.place, line: fence.place.line + 1 }));
  let reason: string | undefined;
  for (const entry of meta.entries) {
    if (entry.key === 'reason') reason = entry.value;
    else {
      problems.push({
        message: `unknown key "${entry.key}" of a sample`,
        cure: 'A sample has the key reason only',
        place: entry.place,
      });
    }
  }
  if (reason === undefined || reason.trim() === '') {
    problems.push({
      message: 'the sample has no reason',
      cure: 'Say reason="why nobody runs this", or make it a console block',
      place: fence.place,
    });
    return { sample: undefined, problems };
  }
  return { sample: { reason, text: fence.body, place: fence.place }, problems };
}
