import { type Builtin, immediate, readLetters, refuseOption } from './builtin.ts';

/** The commands that were typed. */
export const HISTORY: Readonly<Record<string, Builtin>> = {
  history: immediate((shell, words) => {
    const { letters, operands, unknown } = readLetters(words, 'acw');
    if (unknown !== undefined) return refuseOption(shell, 'history', unknown, 'history [-acw] [n]');
    const { history } = shell;
    if (!history) return 0;
    if (letters.includes('c')) {
      history.clear();
      return 0;
    }
    // It is written down as it comes.
    if (letters !== '') return 0;
    const [wanted] = operands;
    if (wanted !== undefined && !/^\d+$/.test(wanted)) {
      shell.complain(`${wanted}: numeric argument required`, 'history');
      return 2;
    }
    const from = Math.max(0, history.lines.length - Number(wanted ?? history.lines.length));
    for (const [index, line] of history.lines.slice(from).entries())
      shell.out(`${String(history.first + from + index).padStart(5)}  ${line}\n`);
    return 0;
  }),
};
