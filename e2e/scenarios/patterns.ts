/** Which changes or states are meant; `*` stands for any text. */
export interface Pattern {
  readonly object: string;
  readonly track: string;
  readonly value: string;
}

/** True for what a pattern means. A `*` that a name has itself is text like any other. */
export function matches(pattern: Pattern, what: Pattern): boolean {
  return fits(pattern.object, what.object) && fits(pattern.track, what.track) && fits(pattern.value, what.value);
}

const compiled = new Map<string, RegExp>();

function fits(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern);
  if (!expression) {
    const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.+?()[\]{}|]/g, '\\$&'));
    expression = new RegExp(`^${parts.join('.*')}$`, 's');
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}
