import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Course, Lesson, Module } from '#course/lesson.ts';
import { formatProblem, type Problem, sortProblems } from '#course/problem.ts';
import { moduleSchema, readYaml } from '../lesson/frontmatter.ts';
import { readLesson } from '../lesson/read-lesson.ts';
import { checkCourse } from './check-course.ts';

const MODULE_FOLDER = /^(\d{2})-([a-z0-9]+(?:-[a-z0-9]+)*)$/;
const LESSON_FILE = /^(\d{2})-([a-z0-9]+(?:-[a-z0-9]+)*)\.mdx$/;

/** Lessons that an author must mend; the message holds every problem, a line each, as `file:line:column: …`. */
class CourseError extends Error {
  override readonly name = 'CourseError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const sorted = sortProblems(problems);
    const count = sorted.length === 1 ? '1 problem' : `${sorted.length} problems`;
    super(`The lessons have ${count}:\n${sorted.map((problem) => `  ${formatProblem(problem)}`).join('\n')}`);
    this.problems = sorted;
  }
}

/**
 * Reads every lesson under `<root>/content/modules` and checks the whole.
 * A module is a folder `NN-slug` with a `module.yaml`; a lesson is a file `NN-slug.mdx` in it.
 *
 * @throws CourseError with all problems of all files together
 */
export async function loadCourse(root: string = process.cwd()): Promise<Course> {
  const { course, problems } = await readCourse(root);
  const all = [...problems, ...checkCourse(course)];
  if (all.length > 0) throw new CourseError(all);
  return course;
}

async function readCourse(root: string): Promise<{ course: Course; problems: Problem[] }> {
  const base = posix.join('content', 'modules');
  const problems: Problem[] = [];
  const modules: Module[] = [];
  for (const folder of (await readdir(join(root, base))).sort()) {
    const match = MODULE_FOLDER.exec(folder);
    const path = posix.join(base, folder);
    if (!match) {
      problems.push(misnamed(path, 'A module is a folder such as 03-installation-and-upgrade'));
      continue;
    }
    const read = await readModule(root, path, match[1] ?? '', match[2] ?? '');
    problems.push(...read.problems);
    if (read.module) modules.push(read.module);
  }
  return { course: { modules }, problems };
}

async function readModule(
  root: string,
  path: string,
  number: string,
  slug: string,
): Promise<{ module?: Module; problems: Problem[] }> {
  const problems: Problem[] = [];
  const lessons: Lesson[] = [];
  const files = (await readdir(join(root, path))).sort();
  for (const name of files.filter((each) => each.endsWith('.mdx'))) {
    const file = posix.join(path, name);
    const match = LESSON_FILE.exec(name);
    if (!match) {
      problems.push(misnamed(file, 'A lesson is a file such as 03-etcd.mdx'));
      continue;
    }
    const source = await readFile(join(root, file), 'utf8');
    const read = readLesson(source, { module: slug, slug: match[2] ?? '', order: Number(match[1]), file });
    problems.push(...read.problems);
    if (read.lesson) lessons.push(read.lesson);
  }
  const file = posix.join(path, 'module.yaml');
  if (!files.includes('module.yaml')) {
    problems.push({
      message: 'the module has no module.yaml',
      cure: 'Write one with title, number and summary',
      place: { file, line: 1, column: 1 },
    });
    return { problems };
  }
  const facts = readYaml(await readFile(join(root, file), 'utf8'), moduleSchema, file, 1);
  problems.push(...facts.problems);
  if (facts.value && facts.value.number !== number) {
    problems.push({
      message: `the folder says ${number}, module.yaml says ${facts.value.number}`,
      cure: 'Make them agree',
      place: { file, line: 1, column: 1 },
    });
  }
  return facts.value ? { module: { slug, ...facts.value, lessons }, problems } : { problems };
}

function misnamed(path: string, cure: string): Problem {
  return { message: 'the name does not fit', cure, place: { file: path, line: 1, column: 1 } };
}
