import { release } from '../release.ts';
import { type VolatileRule, volatileRules } from './volatile-rules.ts';

/** What is known of the cluster that printed the actual output. */
export interface ClusterFacts {
  /** Its gitVersion, such as `v1.36.4`: stands for every patch release of the taught minor that a page shows. */
  readonly kubernetes: string;
}

/** A piece of an expected line. */
type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'blanks'; readonly text: string }
  | { readonly kind: 'elision'; readonly text: string }
  | { readonly kind: 'version'; readonly text: string; readonly actual: string }
  | { readonly kind: 'volatile'; readonly text: string; readonly rule: VolatileRule };

/** An expected line, ready to be compared. */
export interface LinePattern {
  readonly expected: string;
  readonly segments: readonly Segment[];
  readonly regex: RegExp;
}

/** Values that identify something, by rule: what the page shows to what the run shows, and back. */
export interface Bindings {
  readonly forth: ReadonlyMap<string, string>;
  readonly back: ReadonlyMap<string, string>;
}

export const noBindings: Bindings = { forth: new Map(), back: new Map() };

const ELISION = '[..]';
const TAUGHT_VERSION = new RegExp(`(?<![\\w.])v${release.kubernetes.replace('.', '\\.')}\\.\\d+(?![\\w])`, 'y');
const TAUGHT_MINOR = new RegExp(`(?<="minor": ")${release.kubernetes.split('.')[1]}(?=")`, 'y');

/**
 * Splits an expected line into what is literal, what is left out, and what is compared by its shape.
 *
 * @param gaps which blanks are gaps of any width: columns are as wide as their widest value, which may be one that differs. `wide`:
 * two blanks or more, so that words of a sentence stay apart by one; `all`: in tables, whose narrowest gap may be a single blank.
 */
export function compileLine(expected: string, facts: ClusterFacts, gaps: 'wide' | 'all' = 'wide'): LinePattern {
  const line = expected.trimEnd();
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  const segments: Segment[] = indent === '' ? [] : [{ kind: 'literal', text: indent }];
  let index = indent.length;
  while (index < line.length) {
    const segment = segmentAt(line, index, facts, gaps);
    const last = segments.at(-1);
    if (segment.kind === 'literal' && last?.kind === 'literal') {
      segments[segments.length - 1] = { kind: 'literal', text: last.text + segment.text };
    } else segments.push(segment);
    index += segment.text.length;
  }
  return { expected: line, segments, regex: toRegex(segments, '$') };
}

function segmentAt(line: string, index: number, facts: ClusterFacts, gaps: 'wide' | 'all'): Segment {
  if (line.startsWith(ELISION, index)) return { kind: 'elision', text: ELISION };
  const version = stickyMatch(TAUGHT_VERSION, line, index);
  if (version !== undefined) return { kind: 'version', text: version, actual: facts.kubernetes };
  const minor = stickyMatch(TAUGHT_MINOR, line, index);
  if (minor !== undefined) return { kind: 'version', text: minor, actual: facts.kubernetes.split('.')[1] ?? '' };
  for (const rule of volatileRules) {
    for (const find of rule.find) {
      const text = stickyMatch(find, line, index);
      if (text !== undefined && text !== '') return { kind: 'volatile', text, rule };
    }
  }
  const blanks = stickyMatch(gaps === 'all' ? /[ \t]+/y : /[ \t]{2,}|\t/y, line, index);
  if (blanks !== undefined) return { kind: 'blanks', text: blanks };
  return { kind: 'literal', text: line.charAt(index) };
}

function stickyMatch(pattern: RegExp, text: string, index: number): string | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0];
}

function toRegex(segments: readonly Segment[], end: string): RegExp {
  return new RegExp(`^${segments.map((segment) => `(${source(segment)})`).join('')}${end}`, 'u');
}

function source(segment: Segment): string {
  switch (segment.kind) {
    case 'literal':
      return literally(segment.text);
    case 'version':
      return literally(segment.actual);
    case 'blanks':
      return '[ \\t]+';
    case 'elision':
      return '.*?';
    case 'volatile':
      return segment.rule.accept;
  }
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** An actual line that fits, cut as the expected one is, and the identities known from then on. */
export interface LineMatch {
  readonly parts: readonly string[];
  readonly bindings: Bindings;
}

/** Compares one line. Undefined when it does not fit, or when an identity contradicts `bindings`. */
export function matchLine(pattern: LinePattern, actual: string, bindings: Bindings): LineMatch | undefined {
  const found = pattern.regex.exec(actual.trimEnd());
  if (!found) return undefined;
  const parts = found.slice(1);
  let known = bindings;
  for (const [index, segment] of pattern.segments.entries()) {
    const bound = bind(known, segment, parts[index] ?? '');
    if (!bound) return undefined;
    known = bound;
  }
  return { parts, bindings: known };
}

function bind(bindings: Bindings, segment: Segment, actual: string): Bindings | undefined {
  if (segment.kind !== 'volatile' || segment.rule.identity === undefined) return bindings;
  const forthKey = `${segment.rule.name}\n${segment.text}`;
  const backKey = `${segment.rule.name}\n${actual}`;
  const known = bindings.forth.get(forthKey);
  if (known !== undefined) return known === actual ? bindings : undefined;
  if (segment.rule.identity === 'distinct' && bindings.back.has(backKey)) return undefined;
  return {
    forth: new Map(bindings.forth).set(forthKey, actual),
    back: new Map(bindings.back).set(backKey, segment.text),
  };
}

/** Why a line does not fit, in one sentence; the longest beginning that fits decides what is blamed. */
export function explainLine(pattern: LinePattern, actual: string, bindings: Bindings): string {
  const line = actual.trimEnd();
  for (let count = pattern.segments.length; count >= 0; count -= 1) {
    const found = toRegex(pattern.segments.slice(0, count), '').exec(line);
    if (!found) continue;
    const blamed = pattern.segments[count];
    const rest = line.slice(found[0].length);
    if (!blamed) {
      return pattern.regex.test(line) ? contradiction(pattern, line, bindings) : `the line goes on with ${quote(rest)}`;
    }
    if (blamed.kind === 'volatile') return `rule "${blamed.rule.name}" does not accept ${quote(rest)}`;
    if (blamed.kind === 'version')
      return `the version is ${quote(blamed.actual)} in this cluster, the line shows ${quote(rest)}`;
    const same = blamed.kind === 'literal' ? commonLength(blamed.text, rest) : 0;
    const at = found[0].length + same;
    return `literal: ${quote(blamed.text.slice(same))} expected at column ${at + 1}, not ${quote(line.slice(at))}`;
  }
  return 'the line differs';
}

function contradiction(pattern: LinePattern, line: string, bindings: Bindings): string {
  const parts = pattern.regex.exec(line)?.slice(1) ?? [];
  let known = bindings;
  for (const [index, segment] of pattern.segments.entries()) {
    const bound = bind(known, segment, parts[index] ?? '');
    if (!bound && segment.kind === 'volatile') {
      return `rule "${segment.rule.name}": ${quote(segment.text)} stands twice in the block, but the run shows different values (here ${quote(parts[index] ?? '')})`;
    }
    known = bound ?? known;
  }
  return 'the line fits alone, but not at its place';
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
