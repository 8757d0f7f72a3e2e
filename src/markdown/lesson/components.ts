import type { MdxJsxFlowElement, MdxJsxTextElement } from 'mdast-util-mdx-jsx';
import type { Place, Problem } from '#course/problem.ts';

/** The components that lessons may use, with their attributes; AUTHORING.md shows each. */
const components: Readonly<
  Record<string, { readonly required: readonly string[]; readonly optional: readonly string[] }>
> = {
  Note: { required: [], optional: [] },
  Warning: { required: [], optional: [] },
  Changed: { required: ['since', 'was'], optional: [] },
  Healthy: { required: [], optional: [] },
  Sick: { required: [], optional: [] },
  Check: { required: ['q'], optional: [] },
  Task: { required: ['title', 'minutes'], optional: ['marks', 'id'] },
  Hint: { required: [], optional: [] },
  Solution: { required: [], optional: [] },
  Cheat: { required: ['title'], optional: [] },
};

/** The value of an attribute as text; `{2}` and `"2"` are the same. */
export function attribute(node: MdxJsxFlowElement | MdxJsxTextElement, name: string): string | undefined {
  for (const each of node.attributes) {
    if (each.type !== 'mdxJsxAttribute' || each.name !== name) continue;
    if (typeof each.value === 'string') return each.value;
    return each.value?.value.replaceAll(/^["'`]|["'`]$/g, '') ?? '';
  }
  return undefined;
}

/** Checks that a component is one of ours and has the attributes that it needs. */
export function checkComponent(node: MdxJsxFlowElement | MdxJsxTextElement, file: string): Problem[] {
  const place: Place = { file, line: node.position?.start.line ?? 1, column: node.position?.start.column ?? 1 };
  const name = node.name ?? '';
  const known = Object.hasOwn(components, name) ? components[name] : undefined;
  if (!known) {
    return [
      {
        message: `<${name}> is no component of lessons`,
        cure: `Use one of ${Object.keys(components).join(', ')}; a literal "<" stands in backticks`,
        place,
      },
    ];
  }
  const problems: Problem[] = known.required
    .filter((required) => (attribute(node, required) ?? '').trim() === '')
    .map((required) => ({
      message: `<${name}> has no ${required}`,
      cure: `Write <${name} ${known.required.map((each) => `${each}="…"`).join(' ')}>`,
      place,
    }));
  for (const each of node.attributes) {
    const attributeName = each.type === 'mdxJsxAttribute' ? each.name : '{…}';
    if (!known.required.includes(attributeName) && !known.optional.includes(attributeName)) {
      problems.push({
        message: `<${name}> has the unknown attribute "${attributeName}"`,
        cure: `It takes ${[...known.required, ...known.optional].join(', ') || 'none'}`,
        place,
      });
    }
  }
  for (const counted of ['minutes', 'marks']) {
    const value = attribute(node, counted);
    if (value !== undefined && !/^[1-9]\d*$/.test(value)) {
      problems.push({ message: `<${name}> has ${counted}="${value}"`, cure: `Write ${counted}={2}`, place });
    }
  }
  return problems;
}
