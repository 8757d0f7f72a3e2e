/** A stretch of shown output: text as printed, or the mark of something left out. */
export type OutputPart = { readonly text: string; readonly leftOut?: string };

const LINES = '...';
const WITHIN = /(\[\.\.\])/;

/** Splits output at the authors' elisions, so that a reader does not take them for what the cluster printed. */
export function outputParts(output: readonly string[]): OutputPart[] {
  const parts: OutputPart[] = [];
  const add = (text: string) => {
    const last = parts.at(-1);
    if (last && last.leftOut === undefined) parts[parts.length - 1] = { text: last.text + text };
    else if (text !== '') parts.push({ text });
  };
  output.forEach((line, index) => {
    if (line.trim() === LINES) parts.push({ text: line, leftOut: 'Lines are left out here' });
    else {
      for (const piece of line.split(WITHIN)) {
        if (piece === '[..]') parts.push({ text: piece, leftOut: 'Differs from cluster to cluster' });
        else add(piece);
      }
    }
    if (index < output.length - 1) add('\n');
  });
  return parts;
}
