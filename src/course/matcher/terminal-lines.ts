const ESC = '\u001b';
const BELL = '\u0007';
const OSC = new RegExp(`${ESC}\\][^${BELL}${ESC}]*(?:${BELL}|${ESC}\\\\)`, 'g');
const CSI = new RegExp(`${ESC}\\[[0-?]*[ -/]*[@-~]`, 'g');
const OTHER_ESCAPE = new RegExp(`${ESC}(?:[ -/]+[0-~]|[0-~])`, 'g');

/**
 * The lines that a terminal shows of a program's raw output: colours and titles gone, `\r\n` one line end, what a carriage return or
 * a backspace overwrote gone, no blanks at line ends, no empty lines at the end. Tabs stay as they are.
 */
export function terminalLines(raw: string): string[] {
  const plain = raw.replaceAll(OSC, '').replaceAll(CSI, '').replaceAll(OTHER_ESCAPE, '');
  const lines = plain.split('\n').map((line) => overwrite(line).trimEnd());
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

function overwrite(line: string): string {
  if (!/[\r\b]/.test(line)) return line;
  const shown: string[] = [];
  let column = 0;
  for (const character of line) {
    if (character === '\r') column = 0;
    else if (character === '\b') column = Math.max(0, column - 1);
    else {
      shown[column] = character;
      column += 1;
    }
  }
  return shown.join('');
}
