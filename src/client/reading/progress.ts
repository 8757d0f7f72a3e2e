/** Lessons that the reader marked as done, each as `module/lesson`. */
export type Done = ReadonlySet<string>;

/** Takes what was kept: a list of lessons. */
export function acceptDone(value: unknown): Done | undefined {
  if (!Array.isArray(value)) return undefined;
  return new Set(
    value.filter((each): each is string => typeof each === 'string' && /^[a-z0-9-]+\/[a-z0-9-]+$/.test(each)),
  );
}

export function toggle(done: Done, lesson: string): Done {
  const changed = new Set(done);
  if (!changed.delete(lesson)) changed.add(lesson);
  return changed;
}

/** How many lessons of a module are done, at most as many as it has now: a lesson may have been renamed since. */
export function doneIn(done: Done, module: string, total: number): number {
  return Math.min(total, [...done].filter((lesson) => lesson.startsWith(`${module}/`)).length);
}
