import { timestamp } from '#kernel/calendar.ts';
import { type FileSystem, readTextIfThere } from '#machine/file-system.ts';
import { immediate } from '../coreutils/tool.ts';

/** Seconds since the machine was switched on. */
function upSince(files: FileSystem): number {
  return Number(readTextIfThere(files, '/proc/uptime')?.split(' ')[0] ?? 0);
}

/** `17:02`, `3 min`, `2 days,  1:05`, as procps writes it. */
export function upText(files: FileSystem): string {
  const minutes = Math.floor(upSince(files) / 60);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  const rest =
    hours > 0 ? `${String(hours).padStart(2)}:${String(minutes % 60).padStart(2, '0')}` : `${minutes % 60} min`;
  return days > 0 ? `${days} day${days === 1 ? '' : 's'}, ${rest}` : rest;
}

/** uptime: how long the machine runs. How busy it is, is not simulated, and left out. */
export const uptime = immediate(
  { flags: 'ps', long: { pretty: 'p', since: 's' } },
  ({ process: { files, kernel }, has, out }) => {
    const seconds = upSince(files);
    if (has('s'))
      out(
        `${timestamp(kernel.now - seconds * 1000)
          .slice(0, 19)
          .replace('T', ' ')}\n`,
      );
    else if (has('p')) {
      const minutes = Math.floor(seconds / 60);
      const parts = [
        [Math.floor(minutes / 1440), 'day'],
        [Math.floor(minutes / 60) % 24, 'hour'],
        [minutes % 60, 'minute'],
      ] as const;
      const shown = parts
        .filter(([count]) => count > 0)
        .map(([count, name]) => `${count} ${name}${count === 1 ? '' : 's'}`);
      out(`up ${shown.length === 0 ? '0 minutes' : shown.join(', ')}\n`);
    } else out(` ${timestamp(kernel.now).slice(11, 19)} up ${upText(files)}\n`);
    return 0;
  },
);
