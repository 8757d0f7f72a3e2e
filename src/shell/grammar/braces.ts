/** Expands the braces of a word, as it is written: `a{b,c}`, `{1..3}`, `{01..10..3}`, `{a..c}`. Quotes and expansions stay as they are. */
export function expandBraces(text: string): readonly string[] {
  for (let start = 0; start < text.length; start = next(text, start)) {
    if (text[start] !== '{') continue;
    const group = readGroup(text, start);
    if (!group) continue;
    const before = text.slice(0, start);
    const rests = expandBraces(text.slice(group.end));
    return group.items.flatMap((item) => rests.map((rest) => `${before}${item}${rest}`));
  }
  return [text];
}

/** Where the character or the quoted stretch at a place ends. */
function next(text: string, index: number): number {
  const character = text[index];
  if (character === '\\') return index + 2;
  if (character === "'") return closing(text, index + 1, "'");
  if (character === '"' || character === '`') return closing(text, index + 1, character);
  if (character === '$' && text[index + 1] === '{') return balanced(text, index + 1, '{', '}');
  if ((character === '$' || character === '<' || character === '>') && text[index + 1] === '(')
    return balanced(text, index + 1, '(', ')');
  return index + 1;
}

function closing(text: string, from: number, quote: string): number {
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === '\\' && quote !== "'") index += 1;
    else if (text[index] === quote) return index + 1;
  }
  return text.length;
}

function balanced(text: string, from: number, open: string, close: string): number {
  let depth = 0;
  for (let index = from; index < text.length; ) {
    const character = text[index];
    if (character === open) depth += 1;
    else if (character === close) {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
    index = character === open || character === close ? index + 1 : next(text, index);
  }
  return text.length;
}

/** What a brace at `start` stands for; undefined when it is only a character. */
function readGroup(
  text: string,
  start: number,
): { readonly items: readonly string[]; readonly end: number } | undefined {
  const items: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let index = start + 1; index < text.length; ) {
    const character = text[index];
    if (character === '{') depth += 1;
    else if (character === '}' && depth > 0) depth -= 1;
    else if (character === ',' && depth === 0) {
      items.push(text.slice(from, index));
      from = index + 1;
    } else if (character === '}') {
      const last = text.slice(from, index);
      const end = index + 1;
      if (items.length > 0) return { items: [...items, last].flatMap(expandBraces), end };
      const sequence = readSequence(last);
      return sequence && { items: sequence, end };
    }
    index = character === '{' || character === '}' ? index + 1 : next(text, index);
  }
  return undefined;
}

function readSequence(text: string): readonly string[] | undefined {
  const {
    first = '',
    last = '',
    step = '',
  } = /^(?<first>-?\d+|[a-zA-Z])\.\.(?<last>-?\d+|[a-zA-Z])(?:\.\.(?<step>-?\d+))?$/.exec(text)?.groups ?? {};
  if (first === '') return undefined;
  const isNumber = /\d/.test(first);
  if (isNumber !== /\d/.test(last)) return undefined;
  const [from, to] = isNumber ? [Number(first), Number(last)] : [first.charCodeAt(0), last.charCodeAt(0)];
  const size = Math.max(1, Math.abs(Number(step)));
  const width = /^-?0\d/.test(first) || /^-?0\d/.test(last) ? Math.max(first.length, last.length) : 0;
  const values = Array.from({ length: Math.floor(Math.abs(to - from) / size) + 1 }, (_, index) =>
    from <= to ? from + index * size : from - index * size,
  );
  return values.map((value) => (isNumber ? padded(value, width) : String.fromCharCode(value)));
}

function padded(value: number, width: number): string {
  const digits = String(Math.abs(value));
  return value < 0 ? `-${digits.padStart(width - 1, '0')}` : digits.padStart(width, '0');
}
