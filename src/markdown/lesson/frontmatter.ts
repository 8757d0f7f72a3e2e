import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { type LessonFacts, lessonKinds } from '#course/lesson.ts';
import type { Problem } from '#course/problem.ts';
import { release } from '#course/release.ts';

const doc = z.strictObject({
  title: z.string().min(3),
  url: z
    .url()
    .refine(
      (url) => !url.includes('kubernetes.io') || url.startsWith(release.docs),
      `link the documentation of the release taught: ${release.docs}/…`,
    ),
});

/** The frontmatter of a lesson; AUTHORING.md shows it by example. */
export const lessonSchema = z
  .strictObject({
    title: z.string().min(2).max(60),
    description: z.string().min(50).max(160),
    kind: z.enum(lessonKinds),
    component: z.string().optional(),
    minutes: z.int().positive().optional(),
    cluster: z.literal('own').optional(),
    docs: z.array(doc).default([]),
  })
  .superRefine((facts, context) => {
    if (facts.component !== undefined && facts.docs.length === 0) {
      context.addIssue({
        code: 'custom',
        path: ['docs'],
        message: 'a component page links its official documentation',
      });
    }
    if ((facts.kind === 'lab' || facts.kind === 'drill') && facts.minutes === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['minutes'],
        message: `a ${facts.kind} says how many minutes it takes`,
      });
    }
  });

/** The `module.yaml` of a module's folder. */
export const moduleSchema = z.strictObject({
  title: z.string().min(3),
  number: z.string().regex(/^\d{2}$/, 'two digits, quoted, such as "02"'),
  summary: z.string().min(30).max(300),
});

/** Checks a lesson's frontmatter; `firstLine` is the line of the file on which `yaml` begins. */
export function readFrontmatter(
  yaml: string,
  file: string,
  firstLine: number,
): { readonly facts: LessonFacts | undefined; readonly problems: readonly Problem[] } {
  const { value, problems } = readYaml(yaml, lessonSchema, file, firstLine);
  return { facts: value, problems };
}

/** Reads YAML against a schema and names the line of each thing that does not fit. */
export function readYaml<T>(
  yaml: string,
  schema: z.ZodType<T>,
  file: string,
  firstLine: number,
): { readonly value: T | undefined; readonly problems: readonly Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const position = lines.linePos(offset);
    return { file, line: firstLine + position.line - 1, column: position.col };
  };
  if (document.errors.length > 0) {
    return {
      value: undefined,
      problems: document.errors.map((error) => ({
        message: `this is no YAML: ${error.message}`,
        cure: 'Quote a value that holds ": " or begins with a special character',
        place: at(error.pos[0]),
      })),
    };
  }
  const result = schema.safeParse(document.toJS() ?? {});
  if (result.success) return { value: result.data, problems: [] };
  const problems = result.error.issues.map((issue): Problem => {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
    const path = [...issue.path, ...unknown.slice(0, 1)];
    return {
      message:
        unknown.length > 0
          ? `there is the unknown key "${unknown.join('", "')}"`
          : `"${issue.path.join('.')}" does not fit: ${issue.message}`,
      cure: 'AUTHORING.md, "Frontmatter", shows every key by example',
      place: at(offsetOf(document.contents, path)),
    };
  });
  return { value: undefined, problems };
}

/** Where the deepest part of `path` that exists begins, in the text of the document. */
function offsetOf(node: unknown, path: readonly PropertyKey[]): number {
  const [head, ...rest] = path;
  const start = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  if (isSeq(node) && typeof head === 'number') return offsetOf(node.items[head], rest) || start;
  if (!isMap(node)) return start;
  const pair = node.items.find((item) => isScalar(item.key) && item.key.value === head);
  if (!pair) return start;
  const key = isScalar(pair.key) ? (pair.key.range?.[0] ?? start) : start;
  return rest.length > 0 ? offsetOf(pair.value, rest) || key : key;
}
