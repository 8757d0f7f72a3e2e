import { matches } from './patterns.ts';
import type { Change } from './timeline.ts';

/** The states that one aspect of the objects of a class went through. */
export interface Sequence {
  /** `pod web-A-*: status` */
  readonly check: string;
  /** How many objects went through these. */
  readonly count: number;
  readonly states: readonly string[];
}

/** What is not compared, and why: a state that may be missed, or with `*` a whole aspect. */
export interface Optional {
  readonly object: string;
  readonly track: string;
  readonly value: string;
  readonly reason: string;
}

/**
 * What is determined of a run: for each aspect of each class of objects the sequences of distinct states, those of several objects side by
 * side without order. Numbers that go up or down by several steps are told by where they turn.
 */
export function sequencesOf(timeline: readonly Change[], optional: readonly Optional[]): readonly Sequence[] {
  const tracks = new Map<string, Map<string, string[]>>();
  for (const change of timeline) {
    if (optional.some((each) => matches(each, change))) continue;
    const check = `${change.object}: ${change.track}`;
    const objects = tracks.get(check) ?? new Map<string, string[]>();
    tracks.set(check, objects);
    const states = objects.get(change.id) ?? [];
    objects.set(change.id, states);
    const isAgain = isRepeating(change) ? states.includes(change.value) : states.at(-1) === change.value;
    if (!isAgain) states.push(change.value);
  }
  return [...tracks]
    .flatMap(([check, objects]) => counted([...objects.values()].map(withoutSteps)).map((each) => ({ check, ...each })))
    .sort((a, b) => compareTexts(a.check, b.check) || compareTexts(a.states.join('\n'), b.states.join('\n')));
}

/** Events come again, and so do containers that are started again and again; how often is chance. */
function isRepeating({ object, track }: Change): boolean {
  return track.startsWith('events of ') || object.startsWith('container ');
}

function counted(all: readonly (readonly string[])[]): readonly Omit<Sequence, 'check'>[] {
  const counts = new Map<string, { count: number; readonly states: readonly string[] }>();
  for (const states of all) {
    const key = states.join('\n');
    const known = counts.get(key);
    if (known) known.count += 1;
    else counts.set(key, { count: 1, states });
  }
  return [...counts.values()];
}

/** How many Pods turn ready between two looks of a controller is chance: of 0, 1, 3, 4 the 0 and the 4 count. */
function withoutSteps(states: readonly string[]): readonly string[] {
  return states.filter((state, index) => {
    const [before, at, after] = [states[index - 1], state, states[index + 1]].map(numberOf);
    if (before === undefined || at === undefined || after === undefined) return true;
    return !((before < at && at < after) || (before > at && at > after));
  });
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
