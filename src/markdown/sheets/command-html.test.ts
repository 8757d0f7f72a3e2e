import { expect, it } from 'vitest';
import { commandHtml } from './command-html.ts';

const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

it('keeps a flag whole and leaves plain words bare', () => {
  expect(commandHtml('kubectl get pods --all-namespaces')).toBe(
    '<span class="line">kubectl get pods <span class="word">--all-namespaces</span></span>',
  );
});

it('makes an element of each line and keeps the backslash with its word', () => {
  expect(commandHtml('etcdctl --a=b \\\n  member list')).toBe(
    '<span class="line">etcdctl <span class="word">--a=b \\</span>\n</span><span class="line">  member list</span>',
  );
});

it.each(['a && b <<EOF >out\nx  y\nEOF', "grep -v '^\\[+\\]'", 'one', 'a\n\nb'])(
  'is %j letter for letter',
  (command) => {
    expect(textOf(commandHtml(command))).toBe(command);
  },
);
