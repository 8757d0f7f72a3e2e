import { timestamp } from '#kernel/calendar.ts';
import { formatTime } from '#machine/c-library/strftime.ts';
import { parseDate } from './date-input.ts';
import { immediate } from './tool.ts';
import { complainAs, refuseUsage } from './words.ts';

const DEFAULT_FORMAT = '%a %b %e %H:%M:%S UTC %Y';

export const date = immediate(
  {
    flags: 'uR',
    values: 'dr',
    optional: 'I',
    long: {
      utc: 'u',
      universal: 'u',
      'date=': 'd',
      'iso-8601': 'I',
      'iso-8601=': 'I',
      'rfc-email': 'R',
      'reference=': 'r',
    },
  },
  (invocation) => {
    const { operands, has, value, process, out } = invocation;
    const text = value('d');
    const reference = value('r');
    const time =
      text !== undefined
        ? parseDate(text, process.kernel.now)
        : reference !== undefined
          ? process.files.stat(reference).mtime
          : process.kernel.now;
    if (time === undefined) {
      complainAs(invocation, `invalid date '${text}'`, `invalid date '${text}'`);
      return 1;
    }
    const [format] = operands;
    if (format !== undefined && !format.startsWith('+')) {
      invocation.complain(
        format.startsWith('-') || operands.length > 1 ? `extra operand '${format}'` : `invalid date '${format}'`,
      );
      return 1;
    }
    if (operands.length > 1) return refuseUsage(invocation, `extra operand '${operands[1]}'`);
    if (has('I')) out(`${isoTime(time, value('I') ?? 'date')}\n`);
    else out(`${formatTime(format?.slice(1) ?? (has('R') ? '%a, %d %b %Y %H:%M:%S +0000' : DEFAULT_FORMAT), time)}\n`);
    return 0;
  },
);

function isoTime(time: number, precision: string): string {
  const length = { hours: 13, minutes: 16, seconds: 19 }[precision];
  return length === undefined ? timestamp(time).slice(0, 10) : `${timestamp(time).slice(0, length)}+00:00`;
}
