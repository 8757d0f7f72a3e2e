import { parseTime } from '#kernel/calendar.ts';

/** v1.PodLogOptions, as far as they choose lines. */
export interface LogOptions {
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  /** Milliseconds since the epoch. */
  readonly since?: number;
}

/** Lines of a container's log file that are wanted (pkg/kubelet/kuberuntime/logs). */
export function selectLines(text: string, { tailLines, since }: LogOptions): readonly string[] {
  let lines = text.split('\n');
  if (lines.at(-1) === '') lines = lines.slice(0, -1);
  if (tailLines !== undefined && tailLines >= 0) lines = tailLines === 0 ? [] : lines.slice(-tailLines);
  if (since === undefined) return lines;
  return lines.filter((line) => parseTime(line.slice(0, line.indexOf(' '))) >= since);
}

/** What a client gets of lines of the file: `TIME stdout F TEXT` is TEXT, or with timestamps `TIME TEXT`. */
export function formatLog(lines: readonly string[], { timestamps, limitBytes }: LogOptions): string {
  const text = lines
    .map((line) => {
      const [time = '', , tag, ...rest] = line.split(' ');
      const content = rest.join(' ') + (tag === 'P' ? '' : '\n');
      return timestamps ? `${time} ${content}` : content;
    })
    .join('');
  return limitBytes === undefined ? text : text.slice(0, limitBytes);
}
