import { executeLast, runScript } from './execute.ts';
import type { Interpreter } from './shell.ts';
import { runWords } from './simple-command.ts';
import { startWriter, substitute, substituteFile } from './substitution.ts';

/** All that a shell can do, in one place: its parts reach each other through it. */
export const interpreter: Interpreter = {
  execute: (shell, block) => executeLast(shell, block),
  runScript: (shell, script, isAll = false) => runScript(shell, script, isAll),
  runWords: (shell, words, options) => runWords(shell, words, options),
  substitute: (shell, script) => substitute(shell, script),
  substituteFile: (shell, script) => substituteFile(shell, script),
  startWriter: (shell, script) => startWriter(shell, script),
};
