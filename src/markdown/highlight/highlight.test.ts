import { expect, it } from 'vitest';
import { highlight } from './highlight.ts';

it('colours with classes and never with styles', async () => {
  const html = await highlight("kubectl get pod test1 -o jsonpath='{.status.podIP}' # why", 'shellscript');
  expect(html).toContain('<span class="tok-function">kubectl</span>');
  expect(html).toMatch(/class="tok-comment"># why/);
  expect(html).not.toContain('style=');
});

it('keeps the text to the character', async () => {
  const code = 'cat <<EOF | grep "a & b"\n  $X\nEOF';
  const text = (await highlight(code, 'shellscript'))
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  expect(text).toBe(code);
});

it('leaves text alone but for HTML', async () => {
  expect(await highlight('a <b> & c', 'text')).toBe('a &lt;b&gt; &amp; c');
});
