// @ts-check
import { unified } from '@astrojs/markdown-remark';
import mdx from '@astrojs/mdx';
import sitemap from '@astrojs/sitemap';
import { defineConfig } from 'astro/config';
import { bootStateFile } from './src/boot/integration.ts';
import { checkLessons } from './src/markdown/course/check-integration.ts';
import { remarkFences } from './src/markdown/fences/remark-fences.ts';
import { searchIndex } from './src/markdown/search/integration.ts';

export default defineConfig({
  // Where the site is published: canonical addresses, the sitemap and the margins of printed sheets name it.
  site: process.env.URL ?? 'https://clusterbook.netlify.app',
  trailingSlash: 'always',
  markdown: { processor: unified({ remarkPlugins: [remarkFences], smartypants: false }), syntaxHighlight: false },
  integrations: [checkLessons(), mdx(), sitemap(), searchIndex(), bootStateFile()],
  build: { inlineStylesheets: 'never' },
  // Scripts and styles stay files: the Content-Security-Policy allows no inline ones.
  vite: { build: { assetsInlineLimit: 0 }, worker: { format: 'es' } },
});
