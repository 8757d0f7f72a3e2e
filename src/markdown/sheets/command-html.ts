/** Letters, digits and `_` only: a word that no browser breaks by itself. */
const PLAIN = /^\w+$/;

/**
 * A command as HTML that breaks well in a narrow column. Each line of it is an element, so that only the lines which the column
 * breaks carry the mark; each word is kept whole where it fits (browsers break after the hyphens of flags). A trailing backslash
 * stays with its word. The text is the command, letter for letter.
 */
export function commandHtml(command: string): string {
  return command
    .split(/(?<=\n)/)
    .map(
      (line) =>
        `<span class="line">${line
          .split(/(\S+(?: \\(?=\n))?)/)
          .map(wordHtml)
          .join('')}</span>`,
    )
    .join('');
}

function wordHtml(part: string): string {
  const html = part.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return part.trim() === '' || PLAIN.test(part) ? html : `<span class="word">${html}</span>`;
}
