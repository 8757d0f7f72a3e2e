import type { Place } from '../screen/text-buffer.ts';
import { PatternError, patternOf } from './pattern.ts';
import type { State } from './state.ts';

/** The next place of a pattern, round the end of the text; undefined when it is nowhere, which is told. */
export function searchFrom(
  state: State,
  { line, column }: Place,
  pattern: string,
  isForward: boolean,
): Place | undefined {
  const { buffer } = state;
  let regular: RegExp;
  try {
    regular = patternOf(pattern, state.options.ignorecase);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    state.fail(error.message);
    return undefined;
  }
  const { count } = buffer;
  for (let step = 0; step <= count; step += 1) {
    const at = (((isForward ? line + step : line - step) % count) + count) % count;
    const columns = [...buffer.line(at).matchAll(regular)].map(({ index }) => index);
    const here = step === 0;
    const fits = isForward
      ? columns.find((each) => !here || each > column)
      : columns.findLast((each) => !here || each < column);
    if (fits === undefined) continue;
    const isWrapped = isForward
      ? at < line || (step === count && fits <= column)
      : at > line || (step === count && fits >= column);
    if (isWrapped)
      state.tell(isForward ? 'search hit BOTTOM, continuing at TOP' : 'search hit TOP, continuing at BOTTOM');
    return { line: at, column: fits };
  }
  state.fail(`E486: Pattern not found: ${pattern}`);
  return undefined;
}
