import { Cancelled, type Routine } from '#kernel/coroutine.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import type { Command } from './command/command.ts';
import { CommandError, describeError } from './command/errors.ts';
import { type Flag, FlagError, parseFlags } from './command/flags.ts';
import { helpOf, overview } from './command/help.ts';
import { GLOBAL_FLAGS } from './command/shared-flags.ts';
import { COMMANDS } from './commands/registry.ts';
import { Session } from './connection/session.ts';

/** kubectl: asks the API server, and nobody else. */
export const kubectl: Program = function* (process) {
  const status = yield* run(process, process.argv.slice(1));
  yield* process.streams.drain();
  return status;
};

function* run(process: ProcessContext, words: readonly string[]): Routine<number> {
  const out = (text: string) => process.streams.out(text);
  const error = (text: string) => process.streams.error(text);
  const found = findCommand(words);
  if ('unknown' in found) {
    error(`error: unknown command ${JSON.stringify(found.unknown)} for "kubectl"\n${suggestions(found.unknown)}`);
    return 1;
  }
  const { command, path, rest } = found;
  if (!command) {
    out(overview(COMMANDS));
    return 0;
  }
  const flags: readonly Flag[] = [...GLOBAL_FLAGS, ...(command.flags ?? [])];
  try {
    const { values, args, dashAt } = parseFlags(rest, flags, command.stopsAtArgument);
    if (values.bool('help') || !command.run) {
      if (!values.bool('help') && args[0] !== undefined) {
        error(`error: unknown command ${JSON.stringify(`${args[0]}`)} for ${JSON.stringify(path)}\n`);
        return 1;
      }
      out(helpOf(command, path));
      return 0;
    }
    return yield* command.run({
      process,
      path,
      args,
      dashAt,
      flags: values,
      session: new Session(process, values),
      out,
      error,
    });
  } catch (failure) {
    if (failure instanceof Cancelled) throw failure;
    if (failure instanceof FlagError) {
      error(
        `error: ${failure.message}\n${failure.message.includes('not simulated') ? '' : `See '${path} --help' for usage.\n`}`,
      );
      return 1;
    }
    error(describeError(failure));
    if (isExpected(failure)) return failure instanceof CommandError ? failure.status : 1;
    throw failure;
  }
}

function isExpected(failure: unknown): boolean {
  return (
    failure instanceof Error &&
    ['CommandError', 'ApiError', 'ConnectionError', 'Failures', 'FsError', 'JsonPathError'].includes(failure.name)
  );
}

interface Found {
  readonly command: Command | undefined;
  readonly path: string;
  /** What is left of the words: flags and arguments. */
  readonly rest: readonly string[];
}

/** The command that is meant: words that are no flags, as far as they name one. */
function findCommand(words: readonly string[]): Found | { readonly unknown: string } {
  let commands = COMMANDS;
  let command: Command | undefined;
  let path = 'kubectl';
  const rest: string[] = [];
  let index = 0;
  for (; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') break;
    if (word.startsWith('-') && word.length > 1) {
      rest.push(word);
      if (takesNext(word, command)) {
        index += 1;
        if (words[index] !== undefined) rest.push(words[index] ?? '');
      }
      continue;
    }
    if (!command && word === 'help') continue;
    const next = commands.find(({ name, aliases }) => name === word || aliases?.includes(word));
    if (!next) {
      if (!command) return { unknown: word };
      break;
    }
    command = next;
    path += ` ${next.name}`;
    commands = next.subcommands ?? [];
    if (commands.length === 0) {
      index += 1;
      break;
    }
  }
  if (words[0] === 'help') rest.push('--help');
  return { command, path, rest: [...rest, ...words.slice(index)] };
}

/** Whether a flag before the command takes the next word. */
function takesNext(word: string, command: Command | undefined): boolean {
  if (word.includes('=')) return false;
  const flags = [...GLOBAL_FLAGS, ...(command?.flags ?? [])];
  const known = word.startsWith('--')
    ? flags.find(({ name }) => name === word.slice(2))
    : flags.find(({ short }) => short === word.at(1));
  if (!known || known.kind === 'bool' || known.alone !== undefined) return false;
  return word.startsWith('--') || word.length === 2;
}

/** As cobra has them: commands that begin so, or are two letters away. */
function suggestions(word: string): string {
  const close = COMMANDS.filter(({ name }) => distance(name, word) <= 2 || name.startsWith(word)).map(
    ({ name }) => name,
  );
  return close.length === 0 ? '' : `\nDid you mean this?\n${close.map((name) => `\t${name}\n`).join('')}`;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
