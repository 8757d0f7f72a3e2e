import { parseTime } from '#kernel/calendar.ts';
import { ageOf } from '../../../cluster/api/time.ts';
import type { Command } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { OUTPUT_FLAGS } from '../command/shared-flags.ts';
import { pathOf } from '../connection/discovery.ts';
import { readerOf } from '../connection/session.ts';
import type { EventObject } from '../describe/metadata.ts';
import { objectPrinter } from '../printers/output.ts';
import { printRows } from '../printers/table.ts';

type Event = EventObject & { readonly involvedObject?: { readonly kind?: string; readonly name?: string } };

export const eventsCommand: Command = {
  name: 'events',
  summary: 'List events, oldest first',
  usage: '[--for TYPE/NAME] [--types=Normal,Warning] [-w]',
  flags: [
    ...OUTPUT_FLAGS,
    flag('all-namespaces', 'bool', { short: 'A' }),
    flag('for', 'string'),
    flag('types', 'list'),
    flag('watch', 'bool', { short: 'w' }),
    flag('no-headers', 'bool'),
    flag('chunk-size', 'int', { default: '500' }),
  ],
  *run({ flags, session, out, error, process }) {
    const events = yield* session.discovery.find('events');
    const types = flags.list('types').map((type) => type.toLowerCase());
    const unknown = types.find((type) => type !== 'normal' && type !== 'warning');
    if (unknown !== undefined) throw new CommandError(`invalid --types: ${unknown}`);
    const query: Record<string, string> = {};
    if (flags.string('for') !== '') {
      const [type = '', name = ''] = flags.string('for').split('/');
      if (name === '') throw new CommandError('--for must be in resource/name form');
      const { kind } = yield* session.discovery.find(type);
      query['fieldSelector'] = `involvedObject.kind=${kind},involvedObject.name=${name}`;
    }
    const isEverywhere = flags.bool('all-namespaces');
    const path = pathOf(events, isEverywhere ? undefined : session.namespace);
    const { items, metadata } = yield* session.json<{
      readonly items: readonly Event[];
      readonly metadata?: { readonly resourceVersion?: string };
    }>({ path, query });
    const isWanted = (event: Event) => types.length === 0 || types.includes((event.type ?? '').toLowerCase());
    const wanted = items.filter(isWanted).toSorted((a, b) => timeOf(a) - timeOf(b));
    const printer = objectPrinter({ process, output: flags.string('output'), template: flags.string('template') });
    if (printer) {
      out(
        printer.print({ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items: wanted }, undefined),
      );
      return 0;
    }
    const row = (event: Event) => [
      ...(isEverywhere ? [event.metadata?.namespace ?? ''] : []),
      interval(event, process.kernel.now),
      event.type ?? '',
      event.reason ?? '',
      `${event.involvedObject?.kind}/${event.involvedObject?.name}`,
      (event.message ?? '').trim().split('\n')[0] ?? '',
    ];
    const headers = [...(isEverywhere ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'];
    if (wanted.length === 0 && !flags.bool('watch')) {
      error(isEverywhere ? 'No events found.\n' : `No events found in ${session.namespace} namespace.\n`);
      return 0;
    }
    const widths: number[] = [];
    out(printRows([...(flags.bool('no-headers') ? [] : [headers]), ...wanted.map(row)], widths));
    if (!flags.bool('watch')) return 0;
    const source = yield* session.stream({
      path,
      query: { ...query, watch: 'true', resourceVersion: metadata?.resourceVersion ?? '0' },
    });
    process.onExit(() => source.close());
    const next = readerOf(source);
    for (;;) {
      const line = (yield* next()) as { readonly type: string; readonly object: Event } | undefined;
      if (line === undefined) return 0;
      if (line.type !== 'DELETED' && isWanted(line.object)) out(printRows([row(line.object)], widths));
    }
  },
};

function timeOf({ series, lastTimestamp, eventTime, firstTimestamp }: Event): number {
  const text = series?.lastObservedTime || lastTimestamp || eventTime || firstTimestamp;
  return text ? parseTime(text) : 0;
}

function interval({ series, count = 1, firstTimestamp, lastTimestamp, eventTime }: Event, now: number): string {
  const first = firstTimestamp || eventTime;
  if (series) return `${ageOf(series.lastObservedTime, now)} (x${series.count} over ${ageOf(first, now)})`;
  if (count > 1) return `${ageOf(lastTimestamp, now)} (x${count} over ${ageOf(first, now)})`;
  return ageOf(first, now);
}
