import type { Code } from 'mdast';
import type { Fence } from '#course/block/parse-block.ts';
import type { Problem } from '#course/problem.ts';

/** The languages of a lesson's fences, and what each becomes. */
export const languages = {
  console: 'a command block',
  sample: 'text that nobody runs, with a reason',
  mermaid: 'a diagram',
  yaml: 'a listing',
  json: 'a listing',
  text: 'a listing',
} as const;
export type FenceLanguage = keyof typeof languages;

const SHELL_FENCES = ['bash', 'sh', 'shell', 'zsh', 'shell-session'];

/** A fence with its language, or the problem that it has none that lessons know. */
export function readFence(
  node: Code,
  file: string,
  source: string,
):
  | { readonly language: FenceLanguage; readonly fence: Fence; readonly problems: readonly Problem[] }
  | { readonly language: undefined; readonly problems: readonly Problem[] } {
  const start = node.position?.start ?? { line: 1, column: 1 };
  const end = node.position?.end ?? start;
  const place = { file, line: start.line, column: start.column };
  const lines = source.split('\n');
  const problems: Problem[] = [];
  const opening = lines[start.line - 1] ?? '';
  const marker = /^\s*(`{3,}|~{3,})/.exec(opening)?.[1];
  const closing = lines[end.line - 1] ?? '';
  if (marker !== undefined && (end.line === start.line || !closing.trim().startsWith(marker))) {
    problems.push({
      message: 'this fence is never closed',
      cure: `Close it with ${marker} on a line of its own`,
      place,
    });
  }
  const language = node.lang ?? '';
  if (!isLanguage(language)) {
    const shell = SHELL_FENCES.includes(language);
    problems.push({
      message: language === '' ? 'the fence names no language' : `"${language}" is no fence that lessons know`,
      cure: shell
        ? 'Commands stand in console blocks, so that they are copied, run and compared; write ```console id=… and "$ " before each'
        : `Use one of ${Object.keys(languages).join(', ')}`,
      place,
    });
    return { language: undefined, problems };
  }
  const meta = node.meta ?? '';
  const metaOffset = meta === '' ? -1 : opening.indexOf(meta, opening.indexOf(language) + language.length);
  return {
    language,
    fence: {
      meta,
      body: node.value,
      place,
      metaPlace: { ...place, column: metaOffset >= 0 ? metaOffset + 1 : start.column + 4 + language.length },
    },
    problems,
  };
}

function isLanguage(language: string): language is FenceLanguage {
  return Object.hasOwn(languages, language);
}
