import { createCssVariablesTheme, createHighlighter, type Highlighter } from 'shiki';

const PREFIX = '--tok-';
const theme = createCssVariablesTheme({ name: 'classes', variablePrefix: PREFIX });
const LANGUAGES = ['shellscript', 'yaml', 'json'] as const;

/** What the site highlights; `text` stays as it is. */
export type HighlightLanguage = (typeof LANGUAGES)[number] | 'text';

let kept: Promise<Highlighter> | undefined;

/**
 * Colours code as HTML without a wrapper: `<span class="tok-keyword">…`. Classes, not styles, since the site's
 * Content-Security-Policy allows no inline style; src/styles gives them their colours in both themes.
 */
export async function highlight(code: string, language: HighlightLanguage): Promise<string> {
  if (language === 'text') return escapeHtml(code);
  kept ??= createHighlighter({ themes: [theme], langs: [...LANGUAGES] });
  const highlighter = await kept;
  const { tokens } = highlighter.codeToTokens(code, { lang: language, theme: 'classes' });
  return tokens.map((line) => line.map((token) => span(token.content, token.color)).join('')).join('\n');
}

/** Plain words of a command need no element of their own; that keeps pages small. */
function span(content: string, color: string | undefined): string {
  const name = /^var\(--tok-(?:token-)?([a-z-]+)\)$/.exec(color ?? '')?.[1];
  const text = escapeHtml(content);
  return name === undefined || name === 'foreground' ? text : `<span class="tok-${name}">${text}</span>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
