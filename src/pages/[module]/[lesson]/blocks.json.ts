import type { APIRoute, GetStaticPaths } from 'astro';
import type { Lesson } from '#course/lesson.ts';
import { getCourse } from '#markdown/course/course.ts';

/** `/cluster-architecture/etcd/blocks.json`: the lesson's command blocks, for the lab in the page. */
export const getStaticPaths = (async () => {
  const { modules } = await getCourse();
  return modules.flatMap((module) =>
    module.lessons.map((lesson) => ({ params: { module: module.slug, lesson: lesson.slug }, props: { lesson } })),
  );
}) satisfies GetStaticPaths;

export const GET: APIRoute<{ lesson: Lesson }> = ({ props }) => Response.json(props.lesson.blocks);
