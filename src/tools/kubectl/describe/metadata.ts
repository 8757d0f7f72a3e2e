import { parseTime } from '#kernel/calendar.ts';
import { ageOf } from '../../../cluster/api/time.ts';
import type { AnyObject } from '../resources/object.ts';
import type { Description } from './text.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** An annotation longer than this stands in lines of its own. */
const SHORT = 140;

/** `app=web` */
export function pairsOf(labels: Readonly<Record<string, string>> = {}, separator = '='): readonly string[] {
  return Object.keys(labels)
    .sort()
    .map((key) => `${key}${separator}${labels[key]}`);
}

export function labels(out: Description, object: AnyObject, level = 0): void {
  out.list(level, 'Labels', pairsOf(object.metadata?.labels));
}

export function annotations(out: Description, object: AnyObject, level = 0): void {
  const { [LAST_APPLIED]: _own, ...shown } = object.metadata?.annotations ?? {};
  const values = Object.keys(shown)
    .sort()
    .map((key) => {
      const value = (shown[key] ?? '').replace(/\n$/, '');
      const isLong = key.length + value.length + 2 > SHORT || value.includes('\n');
      return isLong ? `${key}:\n\t  ${value.replaceAll('\n', '\n\t  ')}` : `${key}: ${value}`;
    });
  out.list(level, 'Annotations', values);
}

export interface EventObject extends AnyObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
  readonly source?: { readonly component?: string };
  readonly reportingComponent?: string;
  readonly involvedObject?: { readonly fieldPath?: string };
}

/** The events of an object, oldest first. */
export function events(out: Description, all: readonly EventObject[], now: number, level = 0): void {
  if (all.length === 0) {
    out.line(level, 'Events:\t<none>');
    return;
  }
  out.line(level, 'Events:\n  Type\tReason\tAge\tFrom\tMessage');
  out.line(level + 1, '----\t------\t----\t----\t-------');
  const sorted = all.toSorted((a, b) => timeOf(a) - timeOf(b));
  for (const event of sorted) {
    const { type = '', reason = '', message = '', source, reportingComponent = '', involvedObject } = event;
    const path = involvedObject?.fieldPath;
    const text = `${path === undefined || path === '' ? '' : `${path}: `}${message.trim()}`;
    out.line(
      level + 1,
      `${type}\t${reason}\t${interval(event, now)}\t${source?.component || reportingComponent}\t${text}`,
    );
  }
}

function timeOf({ lastTimestamp, eventTime, firstTimestamp }: EventObject): number {
  const text = lastTimestamp || eventTime || firstTimestamp;
  return text ? parseTime(text) : 0;
}

function interval({ firstTimestamp, lastTimestamp, eventTime, series, count = 1 }: EventObject, now: number): string {
  const first = firstTimestamp || eventTime;
  if (series) return `${ageOf(series.lastObservedTime, now)} (x${series.count} over ${ageOf(first, now)})`;
  if (count > 1) return `${ageOf(lastTimestamp, now)} (x${count} over ${ageOf(first, now)})`;
  return ageOf(first, now);
}
