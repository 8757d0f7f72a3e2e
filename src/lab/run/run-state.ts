import type { Judgement } from '#course/matcher/judge.ts';

/** What the page says of a command that was given to the runner. */
export type RunState =
  | { readonly kind: 'queued' }
  /** Something stands in its way: the sentence says what, and what helps. */
  | { readonly kind: 'waiting'; readonly why: string }
  | { readonly kind: 'running' }
  /** It is not as it should be yet: it runs again until its time is over. */
  | { readonly kind: 'again'; readonly tries: number }
  /** It does not end, and the page goes on. */
  | { readonly kind: 'following' }
  | { readonly kind: 'done'; readonly judgement: Judgement; readonly status: number | undefined }
  | { readonly kind: 'stopped'; readonly why: string };

/** True once nothing comes after it. */
export function isOver({ kind }: RunState): boolean {
  return kind === 'done' || kind === 'stopped';
}
