import { readFile } from 'node:fs/promises';
import type { APIRoute, GetStaticPaths } from 'astro';
import type { Lesson } from '#course/lesson.ts';
import { getCourse } from '#markdown/course/course.ts';
import { plainMarkdown } from '#markdown/plain/plain-markdown.ts';

/** `/cluster-architecture/etcd.md`: the lesson as plain Markdown, for readers who keep notes. */
export const getStaticPaths = (async () => {
  const { modules } = await getCourse();
  return modules.flatMap((module) =>
    module.lessons.map((lesson) => ({ params: { module: module.slug, lesson: lesson.slug }, props: { lesson } })),
  );
}) satisfies GetStaticPaths;

export const GET: APIRoute<{ lesson: Lesson }> = async ({ props, site }) => {
  const source = await readFile(props.lesson.file, 'utf8');
  const text = plainMarkdown(props.lesson, source, site?.origin ?? '');
  return new Response(text, { headers: { 'Content-Type': 'text/markdown; charset=utf-8' } });
};
