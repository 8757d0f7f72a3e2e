import type { Pod } from '../../api/types/pod.ts';

/** Both ends count. */
interface Interval {
  readonly first: number;
  readonly last: number;
}

export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';

/** Completion indexes of an Indexed Job, kept as intervals in order: `1,3-5,7` (pkg/controller/job.orderedIntervals). */
export class Indexes {
  static readonly none = new Indexes([]);
  readonly #intervals: readonly Interval[];

  private constructor(intervals: readonly Interval[]) {
    this.#intervals = intervals;
  }

  static of(indexes: Iterable<number>): Indexes {
    const intervals: Interval[] = [];
    for (const index of [...new Set(indexes)].sort((a, b) => a - b)) {
      const last = intervals.at(-1);
      if (last && index === last.last + 1) intervals.splice(-1, 1, { first: last.first, last: index });
      else intervals.push({ first: index, last: index });
    }
    return new Indexes(intervals);
  }

  /** What a status holds; indexes from `completions` on and parts that are no numbers are left out. */
  static parse(text: string, completions: number): Indexes {
    const intervals: Interval[] = [];
    for (const part of text === '' ? [] : text.split(',')) {
      const [first = Number.NaN, end = first] = part
        .split('-')
        .map((number) => (/^\d+$/.test(number) ? Number(number) : Number.NaN));
      if (Number.isNaN(first) || Number.isNaN(end)) continue;
      if (first >= completions) break;
      const last = Math.min(end, completions - 1);
      const before = intervals.at(-1);
      if (before?.last === first - 1) intervals.splice(-1, 1, { first: before.first, last });
      else intervals.push({ first, last });
    }
    return new Indexes(intervals);
  }

  get total(): number {
    return this.#intervals.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  }

  has(index: number): boolean {
    return this.#intervals.some(({ first, last }) => first <= index && index <= last);
  }

  with(indexes: Iterable<number>): Indexes {
    const all = [...this.#intervals, ...Indexes.of(indexes).#intervals].sort((a, b) => a.first - b.first);
    const merged: Interval[] = [];
    for (const interval of all) {
      const before = merged.at(-1);
      if (!before || interval.first > before.last + 1) merged.push(interval);
      else merged.splice(-1, 1, { first: before.first, last: Math.max(before.last, interval.last) });
    }
    return new Indexes(merged);
  }

  /** The first indexes below `completions` that are not among these. */
  missing(count: number, completions: number): readonly number[] {
    const result: number[] = [];
    let candidate = 0;
    const until = (end: number) => {
      for (; candidate < end && result.length < count; candidate += 1) result.push(candidate);
    };
    for (const { first, last } of this.#intervals) {
      until(Math.min(first, completions));
      candidate = Math.max(candidate, last + 1);
    }
    until(completions);
    return result;
  }

  /** Two neighbours are written apart: `3,4`. */
  toString(): string {
    return this.#intervals
      .map(({ first, last }) => (first === last ? `${first}` : `${first}${last === first + 1 ? ',' : '-'}${last}`))
      .join(',');
  }
}

/** Undefined for a Pod without a valid one. */
export function completionIndex({ metadata: { annotations = {} } }: Pod): number | undefined {
  const text = annotations[COMPLETION_INDEX];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
