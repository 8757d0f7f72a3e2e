import { CommandError } from '../command/errors.ts';
import { shown, walk } from '../json-path/evaluate.ts';
import { parsePath, type Step } from '../json-path/parse.ts';
import { TABLE, tabulate } from './tab-writer.ts';

interface Column {
  readonly header: string;
  readonly steps: readonly Step[];
}

/** `NAME:.metadata.name,IP:.status.podIP` @throws CommandError */
export function parseColumns(spec: string): readonly Column[] {
  if (spec === '') throw new CommandError('custom-columns format specified but no custom columns given');
  return spec.split(',').map((part) => {
    const at = part.indexOf(':');
    if (at < 0) throw new CommandError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return { header: part.slice(0, at), steps: parsePath(relaxed(part.slice(at + 1))) };
  });
}

/** The file of `custom-columns-file`: headers in the first line, paths in the second. @throws CommandError */
export function parseColumnFile(text: string): readonly Column[] {
  const [headers = '', paths = ''] = text.split('\n');
  const names = headers.trim().split(/\s+/);
  const specs = paths.trim().split(/\s+/);
  if (names.length !== specs.length)
    throw new CommandError(
      `number of headers (${names.length}) and field specifications (${specs.length}) don't match`,
    );
  return names.map((header, index) => ({ header, steps: parsePath(relaxed(specs[index] ?? '')) }));
}

/** `metadata.name`, `.metadata.name` and `{.metadata.name}` are the same (kubectl, RelaxedJSONPathExpression). */
export function relaxed(text: string): string {
  const inside = /^\{?\.?(?<path>.*?)\}?$/s.exec(text)?.groups?.['path'] ?? text;
  if (/[{}]/.test(inside))
    throw new CommandError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  return inside.startsWith('[') ? inside : `.${inside}`;
}

export function printColumns(
  columns: readonly Column[],
  objects: readonly unknown[],
  hasHeaders: boolean,
  widths?: number[],
): string {
  const rows = objects.map((object) =>
    columns.map(
      ({ steps }) =>
        walk(steps, [object], object, { allowsMissing: true })
          .map((value) => (value === null ? '<none>' : shown(value)))
          .join(',') || '<none>',
    ),
  );
  const lines = [...(hasHeaders ? [columns.map(({ header }) => header)] : []), ...rows];
  return tabulate(lines.map((cells) => `${cells.join('\t')}\n`).join(''), TABLE, widths);
}
