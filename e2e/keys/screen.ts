import headless from '@xterm/headless';
import { z } from 'zod';

/** What is to be seen: rows without the blanks at their ends, and where the cursor is. */
export interface Screen {
  readonly rows: readonly string[];
  readonly cursor: readonly [column: number, row: number];
}

/** By the keys that led to them. */
export type Screens = Readonly<Record<string, Screen>>;

export const screensSchema = z.record(
  z.string(),
  z.strictObject({ rows: z.array(z.string()), cursor: z.tuple([z.number(), z.number()]) }),
);

/** A screen that nobody looks at, of the same make as the page's. */
export function openScreen(columns: number, rows: number) {
  const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
  return {
    write: (text: string) => terminal.write(text),
    resize: (toColumns: number, toRows: number) => terminal.resize(toColumns, toRows),
    /** After all that was written. */
    look: async (): Promise<Screen> => {
      await new Promise<void>((resolve) => terminal.write('', resolve));
      const { active } = terminal.buffer;
      const lines = Array.from(
        { length: terminal.rows },
        (_, row) =>
          active
            .getLine(active.baseY + row)
            ?.translateToString(true)
            .trimEnd() ?? '',
      );
      while (lines.at(-1) === '') lines.pop();
      return { rows: lines, cursor: [active.cursorX, active.cursorY] };
    },
  };
}
