/** Words that say nothing about what is looked for; Pagefind wants every word of a query on the page. */
const STOP_WORDS = new Set(
  `a an and are can do does for how i if in is it its me my of on or our that the there these this to was we what when where
  which who why will with would you your`.split(/\s+/),
);

/** A question as the words that matter; a query of such words only stays as it is. */
export function essentialWords(query: string): string {
  const words = query.trim().split(/\s+/);
  const kept = words.filter((word) => !STOP_WORDS.has(word.toLowerCase().replace(/[?.,!]$/, '')));
  return (kept.length > 0 ? kept : words).join(' ').replace(/[?!.,]+$/, '');
}
