import type { AnyObject } from '../resources/object.ts';
import { TABLE, tabulate } from './tab-writer.ts';

/** metav1.Table, as the server makes it. */
export interface ServerTable {
  readonly kind: 'Table';
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly columnDefinitions: readonly { readonly name: string; readonly type: string; readonly priority: number }[];
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object?: AnyObject }[];
}

export interface TableOptions {
  readonly isWide: boolean;
  readonly hasHeaders: boolean;
  readonly showsLabels: boolean;
  readonly labelColumns: readonly string[];
  /** In front of the rows of all namespaces. */
  readonly showsNamespace: boolean;
  /** `pod/` in front of names. */
  readonly prefix: string;
  /** `ADDED`, in front of rows of a watch. */
  readonly event?: string;
  readonly showsEvents?: boolean;
}

/** Rows of cells: headers first, where they are wanted. */
export function tableRows(table: ServerTable, options: TableOptions): string[][] {
  const { isWide, hasHeaders, showsLabels, labelColumns, showsNamespace, prefix, showsEvents } = options;
  const wanted = table.columnDefinitions.flatMap(({ priority }, index) => (priority === 0 || isWide ? [index] : []));
  const headers = [
    ...(showsEvents ? ['EVENT'] : []),
    ...(showsNamespace ? ['NAMESPACE'] : []),
    ...wanted.map((index) => (table.columnDefinitions[index]?.name ?? '').toUpperCase()),
    ...labelColumns.map((label) => (label.split('/').at(-1) ?? '').toUpperCase()),
    ...(showsLabels ? ['LABELS'] : []),
  ];
  const rows = table.rows.map(({ cells, object }) => {
    const labels = object?.metadata?.labels ?? {};
    const own = wanted.map((index, position) => {
      const text = cellText(cells[index]);
      return position === 0 && table.columnDefinitions[index]?.name === 'Name' ? prefix + text : text;
    });
    return [
      ...(showsEvents ? [options.event ?? ''] : []),
      ...(showsNamespace ? [object?.metadata?.namespace ?? ''] : []),
      ...own,
      ...labelColumns.map((label) => labels[label] ?? ''),
      ...(showsLabels ? [labelText(labels)] : []),
    ];
  });
  return hasHeaders ? [headers, ...rows] : rows;
}

export function printRows(rows: readonly (readonly string[])[], widths?: number[]): string {
  return tabulate(rows.map((cells) => `${cells.join('\t')}\n`).join(''), TABLE, widths);
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '<none>';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // A table is one of lines: what stands behind a line's end is left out.
  const [first = ''] = text.split(/[\n\r\f]/);
  return first.length < text.length ? `${first}...` : text;
}

export function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort();
  return pairs.length === 0 ? '<none>' : pairs.join(',');
}
