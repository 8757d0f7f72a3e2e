import { defineCollection } from 'astro:content';
import { glob } from 'astro/loaders';
import { lessonSchema } from '#markdown/lesson/frontmatter.ts';

const unnumbered = (part: string) => part.replace(/^\d{2}-/, '');

/** The rendered side of lessons; what is known of them otherwise comes from #markdown/course/course.ts. */
const lessons = defineCollection({
  loader: glob({
    base: 'content/modules',
    pattern: '*/*.mdx',
    generateId: ({ entry }) =>
      entry
        .replace(/\.mdx$/, '')
        .split('/')
        .map(unnumbered)
        .join('/'),
  }),
  schema: lessonSchema,
});

export const collections = { lessons };
