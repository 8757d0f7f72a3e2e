import { commandNames } from '#grammar/read-script.ts';

/** Puts what aliases stand for into a text. An alias is not expanded inside of itself. */
export function expandAliases(text: string, aliases: ReadonlyMap<string, string>): string {
  if (aliases.size === 0) return text;
  let expanded = text;
  for (const { start, end } of commandNames(text).toReversed()) {
    const value = aliasText(text.slice(start, end), aliases, new Set());
    if (value !== undefined) expanded = expanded.slice(0, start) + value + expanded.slice(end);
  }
  return expanded;
}

function aliasText(
  name: string,
  aliases: ReadonlyMap<string, string>,
  inside: ReadonlySet<string>,
): string | undefined {
  const value = inside.has(name) ? undefined : aliases.get(name);
  if (value === undefined) return undefined;
  const [first = ''] = /^\S+/.exec(value) ?? [];
  const inner = aliasText(first, aliases, new Set([...inside, name]));
  return inner === undefined ? value : inner + value.slice(first.length);
}
