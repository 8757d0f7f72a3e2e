import type { Routine } from '#kernel/coroutine.ts';
import type { Query } from '#machine/http.ts';
import { ApiError } from '../../../cluster/api/status.ts';
import { ageOf } from '../../../cluster/api/time.ts';
import type { Command, Invocation } from '../command/command.ts';
import { CommandError, Failures } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { FILE_FLAGS, OUTPUT_FLAGS, SELECTOR_FLAGS } from '../command/shared-flags.ts';
import { pathOf, type Resource } from '../connection/discovery.ts';
import { readerOf, type Session } from '../connection/session.ts';
import { shown, walk } from '../json-path/evaluate.ts';
import { parsePath } from '../json-path/parse.ts';
import { relaxed } from '../printers/custom-columns.ts';
import { type ObjectPrinter, objectPrinter } from '../printers/output.ts';
import { printRows, type ServerTable, tableRows } from '../printers/table.ts';
import { type Selection, selections } from '../resources/builder.ts';
import type { AnyObject } from '../resources/object.ts';
import { compareValues } from '../resources/sort.ts';

const AS_TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

export const get: Command = {
  name: 'get',
  summary: 'Show one or many resources',
  usage: '(TYPE[.GROUP] [NAME] | TYPE/NAME | -f FILE) [-o FORMAT] [-w]',
  flags: [
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    ...SELECTOR_FLAGS,
    flag('all-namespaces', 'bool', { short: 'A' }),
    flag('watch', 'bool', { short: 'w' }),
    flag('watch-only', 'bool'),
    flag('output-watch-events', 'bool'),
    flag('ignore-not-found', 'bool'),
    flag('no-headers', 'bool'),
    flag('show-labels', 'bool'),
    flag('show-kind', 'bool'),
    flag('label-columns', 'list', { short: 'L' }),
    flag('sort-by', 'string'),
    flag('chunk-size', 'int', { default: '500' }),
    flag('raw', 'string'),
    flag('server-print', 'bool', { default: 'true' }),
    flag('subresource', 'string'),
  ],
  *run(invocation) {
    const { flags, args, session, path } = invocation;
    if (flags.has('raw')) return yield* raw(invocation);
    checkFlags(invocation);
    const printer = objectPrinter({
      process: invocation.process,
      output: flags.string('output'),
      template: flags.string('template'),
      showsManagedFields: flags.bool('show-managed-fields'),
      hasHeaders: !flags.bool('no-headers'),
      isGet: true,
    });
    if (args.length === 0 && flags.list('filename').length === 0)
      throw new CommandError(
        `You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee '${path} -h' for help and examples\n`,
        { isWhole: true },
      );
    const wanted = yield* selections(session, args, flags, { allowsAll: true });
    if (flags.bool('watch') || flags.bool('watch-only')) return yield* watch(invocation, wanted, printer);
    return printer ? yield* printObjects(invocation, wanted, printer) : yield* printTables(invocation, wanted);
  },
};

function checkFlags({ flags }: Invocation): void {
  const output = flags.string('output');
  if (flags.bool('show-labels') && output !== '' && output !== 'wide')
    throw new CommandError(`--show-labels option cannot be used with ${output} printer`);
  if (flags.bool('output-watch-events') && !flags.bool('watch') && !flags.bool('watch-only'))
    throw new CommandError('--output-watch-events option can only be used with --watch or --watch-only');
}

function* raw({ flags, args, session, out }: Invocation): Routine<number> {
  const text = flags.string('raw');
  if (flags.list('filename').length > 0 || args.length > 0)
    throw new CommandError('arguments may not be passed when --raw is specified');
  if (flags.bool('watch') || flags.bool('watch-only') || flags.string('selector') !== '')
    throw new CommandError(
      '--raw may not be specified with other flags that filter the server request or alter the output',
    );
  if (flags.string('output') !== '') throw new CommandError('--raw and --output are mutually exclusive');
  if (!text.startsWith('/'))
    throw new CommandError(`--raw must be a valid URL path: parse ${JSON.stringify(text)}: invalid URI for request`);
  const [path = '', search = ''] = text.split('?');
  const response = yield* session.request({ path, query: queryOf(search) });
  if (response.stream) {
    const next = readerOf(response.stream);
    for (let value = yield* next(); value !== undefined; value = yield* next())
      out(typeof value === 'string' ? value : `${JSON.stringify(value)}\n`);
    return 0;
  }
  out(typeof response.body === 'string' ? response.body : `${JSON.stringify(response.body)}\n`);
  return 0;
}

function queryOf(search: string): Query {
  const query: Record<string, string> = {};
  for (const part of search.split('&')) {
    if (part === '') continue;
    const [name = '', ...value] = part.split('=');
    query[decodeURIComponent(name)] = decodeURIComponent(value.join('='));
  }
  return query;
}

/** One answer of the server, and what it answers. */
interface Answer<T> {
  readonly selection: Selection;
  readonly value: T;
}

/** Asks for each; what fails is collected. */
function* fetch<T>(
  { session, flags }: Invocation,
  wanted: readonly Selection[],
  accept: string | undefined,
): Routine<{ readonly answers: readonly Answer<T>[]; readonly errors: readonly unknown[] }> {
  const answers: Answer<T>[] = [];
  const errors: unknown[] = [];
  const subresource = flags.string('subresource');
  if (subresource !== '' && wanted.some(({ name }) => name === undefined))
    throw new CommandError('subresource cannot be used when bulk resources are specified');
  const chunk = flags.string('sort-by') === '' ? flags.number('chunk-size') : 0;
  for (const selection of wanted) {
    const { resource, name, namespace } = selection;
    try {
      let next = '';
      do {
        const value: T & { readonly metadata?: { readonly continue?: string } } = yield* session.json({
          path: pathOf(resource, namespace, name) + (subresource === '' ? '' : `/${subresource}`),
          query: {
            ...(name === undefined && selectorsOf(flags)),
            ...(name === undefined && chunk > 0 && { limit: String(chunk) }),
            ...(accept !== undefined && flags.string('sort-by') !== '' && { includeObject: 'Object' }),
            ...(next !== '' && { continue: next }),
          },
          ...(accept !== undefined && { headers: { accept } }),
        });
        answers.push({ selection, value });
        next = value.metadata?.continue ?? '';
      } while (next !== '' && name === undefined);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.reason === 'NotFound' && flags.bool('ignore-not-found')) continue;
      if (name !== undefined && namespace !== undefined && error.reason === 'NotFound')
        yield* checkNamespace(session, namespace);
      errors.push(name === undefined ? ofList(error, resource, selectorsOf(flags)) : error);
    }
  }
  return { answers, errors };
}

/** What is missing may be its namespace. @throws ApiError when it is */
function* checkNamespace(session: Session, namespace: string): Routine<void> {
  try {
    yield* session.json({ path: `/api/v1/namespaces/${namespace}` });
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'NotFound') throw error;
  }
}

/** A refused list names what was asked for (cli-runtime, resource.EnhanceListError). */
function ofList(error: ApiError, { group, version, plural }: Resource, selectors: Query): ApiError {
  if (error.reason !== 'BadRequest' && error.reason !== 'NotFound') return error;
  const subject = JSON.stringify(`${group}/${version}, Resource=${plural}`);
  const { labelSelector = '', fieldSelector = '' } = selectors;
  const what =
    labelSelector === '' && fieldSelector === ''
      ? `Unable to list ${subject}`
      : `Unable to find ${subject} that match label selector ${JSON.stringify(labelSelector)}, field selector ${JSON.stringify(fieldSelector)}`;
  error.message = `${what}: ${error.message}`;
  return error;
}

function selectorsOf(flags: Invocation['flags']): Query {
  const [label, field] = [flags.string('selector'), flags.string('field-selector')];
  return { ...(label !== '' && { labelSelector: label }), ...(field !== '' && { fieldSelector: field }) };
}

function* printTables(invocation: Invocation, wanted: readonly Selection[]): Routine<number> {
  const { flags, session, out, error } = invocation;
  const { answers, errors } = yield* fetch<ServerTable>(invocation, wanted, AS_TABLE);
  const types = new Set(wanted.map(({ resource }) => resource));
  const answered = new Set(answers.map(({ selection }) => selection.resource));
  const showsKind = flags.bool('show-kind') || answered.size > 1;
  let isFirst = true;
  for (const resource of types) {
    const tables = answers.filter(({ selection }) => selection.resource === resource).map(({ value }) => value);
    const [first] = tables;
    const rows = tables.flatMap((table) => table.rows);
    if (!first || rows.length === 0) continue;
    const sorted = sortedRows(rows, flags.string('sort-by'));
    // Tables cannot be sorted together; in one, rows of which none has the field are left out.
    if (!sorted || (tables.length > 1 && flags.string('sort-by') !== '')) {
      if (wanted.some(({ name }) => name !== undefined))
        throw new CommandError(
          `couldn't find any field with path "{${relaxed(flags.string('sort-by'))}}" in the list of objects`,
        );
      continue;
    }
    const whole = flags.bool('server-print')
      ? { ...first, rows: sorted }
      : namesAndAges(sorted, session.process.kernel.now);
    const cells = tableRows(whole, optionsOf(invocation, resource, showsKind));
    if (!isFirst && !flags.bool('no-headers')) out('\n');
    out(printRows(cells));
    isFirst = false;
  }
  if (isFirst && !flags.bool('ignore-not-found') && errors.length === 0) {
    const all = !flags.bool('all-namespaces') && wanted.every(({ resource }) => resource.isNamespaced);
    error(all ? `No resources found in ${session.namespace} namespace.\n` : 'No resources found\n');
  }
  if (errors.length > 0) throw Failures.of(errors);
  return 0;
}

/** What a client prints that knows no columns of the server. */
function namesAndAges(rows: ServerTable['rows'], now: number): ServerTable {
  const column = (name: string) => ({ name, type: 'string', format: '', description: '', priority: 0 });
  return {
    kind: 'Table',
    columnDefinitions: [column('Name'), column('Age')],
    rows: rows.map((row) => ({
      ...row,
      cells: [row.object?.metadata?.name ?? '', ageOf(row.object?.metadata?.creationTimestamp, now)],
    })),
  };
}

function optionsOf({ flags }: Invocation, resource: Resource, showsKind: boolean) {
  const type = resource.singular === '' ? resource.kind.toLowerCase() : resource.singular;
  return {
    isWide: flags.string('output') === 'wide',
    hasHeaders: !flags.bool('no-headers'),
    showsLabels: flags.bool('show-labels'),
    labelColumns: flags.list('label-columns'),
    showsNamespace: flags.bool('all-namespaces') && resource.isNamespaced,
    prefix: showsKind ? `${resource.group === '' ? type : `${type}.${resource.group}`}/` : '',
  };
}

/** Undefined when no row has the field. */
function sortedRows(rows: ServerTable['rows'], field: string): ServerTable['rows'] | undefined {
  if (field === '') return rows;
  const steps = parsePath(relaxed(field));
  const keyed = rows.map((row) => ({ row, key: walk(steps, [row.object], row.object, { allowsMissing: true })[0] }));
  if (rows.length > 0 && keyed.every(({ key }) => key === undefined)) return undefined;
  return keyed.toSorted((a, b) => compareValues(a.key, b.key)).map(({ row }) => row);
}

function* printObjects(invocation: Invocation, wanted: readonly Selection[], printer: ObjectPrinter): Routine<number> {
  const { flags, out } = invocation;
  const { answers, errors } = yield* fetch<AnyObject>(invocation, wanted, undefined);
  const [only] = answers;
  const isSingle = wanted.length === 1 && wanted[0]?.name !== undefined;
  if (isSingle && errors.length > 0) throw Failures.of(errors);
  if (answers.length === 0 && flags.bool('ignore-not-found')) return 0;
  if (isSingle && only) {
    out(printer.print(only.value, only.selection.resource));
    return 0;
  }
  const items = answers.flatMap(({ value, selection: { resource } }) =>
    value.items
      ? value.items.map((item) => ({ ...item, apiVersion: versionOf(resource), kind: resource.kind }))
      : [value],
  );
  const list = {
    apiVersion: 'v1',
    kind: 'List',
    metadata: { resourceVersion: '' },
    items: sortedObjects(items, flags.string('sort-by')),
  };
  const isNames = flags.string('output') === 'name';
  if (isNames) {
    for (const { value, selection } of answers)
      for (const item of value.items ?? [value]) out(printer.print(item, selection.resource));
  } else out(printer.print(list, undefined));
  if (errors.length > 0) throw Failures.of(errors);
  return 0;
}

function sortedObjects(items: readonly AnyObject[], field: string): readonly AnyObject[] {
  if (field === '') return items;
  const steps = parsePath(relaxed(field));
  const key = (item: AnyObject) => walk(steps, [item], item, { allowsMissing: true })[0];
  return items.toSorted((a, b) => compareValues(key(a), key(b)));
}

function versionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

interface WatchLine {
  readonly type: string;
  readonly object: ServerTable | AnyObject;
}

function* watch(
  invocation: Invocation,
  wanted: readonly Selection[],
  printer: ObjectPrinter | undefined,
): Routine<number> {
  const { flags, session, out } = invocation;
  const [selection, ...others] = wanted;
  if (!selection) return 0;
  if (others.some(({ resource }) => resource !== selection.resource))
    throw new CommandError('you may only specify a single resource type');
  const { answers, errors } = yield* fetch<ServerTable | AnyObject>(invocation, wanted, printer ? undefined : AS_TABLE);
  if (errors.length > 0) throw Failures.of(errors);
  const widths: number[] = [];
  const showsEvents = flags.bool('output-watch-events');
  let hasHeaders = !flags.bool('no-headers');
  const show = (value: ServerTable | AnyObject, event: string) => {
    if (!isTable(value)) {
      if (printer)
        for (const object of value.items ?? [value])
          out(printer.print(showsEvents ? { type: event, object } : object, selection.resource));
      return;
    }
    if (value.rows.length === 0) return;
    const options = {
      ...optionsOf(invocation, selection.resource, flags.bool('show-kind')),
      hasHeaders,
      event,
      showsEvents,
    };
    out(printRows(tableRows(withColumns(value), options), widths));
    hasHeaders = false;
  };
  // Only the first table of a watch names its columns.
  let columns: ServerTable['columnDefinitions'] = [];
  const withColumns = (table: ServerTable): ServerTable => {
    if (table.columnDefinitions?.length > 0) columns = table.columnDefinitions;
    return { ...table, columnDefinitions: columns };
  };
  let resourceVersion = '0';
  for (const { value } of answers) {
    if (isTable(value)) withColumns(value);
    const metadata = value.metadata as { readonly resourceVersion?: string } | undefined;
    if (selection.name === undefined) resourceVersion = metadata?.resourceVersion ?? '0';
    if (!flags.bool('watch-only')) show(value, 'ADDED');
  }
  const { resource, namespace, name } = selection;
  const source = yield* session.stream({
    path: pathOf(resource, namespace),
    query: {
      ...selectorsOf(flags),
      ...(name !== undefined && { fieldSelector: `metadata.name=${name}` }),
      watch: 'true',
      resourceVersion,
    },
    ...(!printer && { headers: { accept: AS_TABLE } }),
  });
  invocation.process.onExit(() => source.close());
  const next = readerOf(source);
  let isSynthetic = name !== undefined;
  for (;;) {
    const line = (yield* next()) as WatchLine | undefined;
    if (line === undefined) return 0;
    if (line.type === 'BOOKMARK') continue;
    if (line.type === 'ERROR')
      throw new CommandError(
        `an error on the server has ended the watch: ${shown((line.object as AnyObject)['message'] ?? '')}`,
      );
    if (isTable(line.object)) withColumns(line.object);
    // A watch of one object begins with the object as it was shown already.
    if (isSynthetic) {
      isSynthetic = false;
      continue;
    }
    show(line.object, line.type);
  }
}

function isTable(value: ServerTable | AnyObject): value is ServerTable {
  return value.kind === 'Table';
}
