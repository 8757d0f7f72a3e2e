/** Behind these no `;` can stand. */
const OPEN = /(?:^|[\s;&|(){}])(?:do|then|else|elif|if|while|until|in|\{|!)$|(?:[;&|(]|&&|\|\|)$/;

/** Lines of one command as the history keeps them: in one line where that means the same (bash, cmdhist). */
export function joinLines(lines: readonly string[]): string {
  let command = '';
  for (const line of lines) command = command === '' ? line : joinTwo(command, line);
  return command;
}

function joinTwo(command: string, line: string): string {
  const isInQuotes = openQuote(command) !== '';
  if (isInQuotes || /<<-?\s*\S/.test(command)) return `${command}\n${line}`;
  if (command.endsWith('\\')) return command.slice(0, -1) + line;
  if (OPEN.test(command.trimEnd()) || line.trim() === '') return `${command} ${line}`;
  return `${command}; ${line}`;
}

/** The quotation mark that is open at the end. */
function openQuote(text: string): string {
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\' && quote !== "'") at += 1;
    else if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
  }
  return quote;
}
