import type { Course } from '#course/lesson.ts';
import { loadCourse } from './load-course.ts';

let kept: Promise<Course> | undefined;

/** The course for pages: read once in a build, anew for each request while authors edit. */
export function getCourse(): Promise<Course> {
  if (import.meta.env.DEV) return loadCourse();
  kept ??= loadCourse();
  return kept;
}
