import type { Routine } from '#kernel/coroutine.ts';
import type { Session } from '../connection/session.ts';
import type { AnyObject } from '../resources/object.ts';
import type { Description } from './text.ts';

/** What else of the cluster a description shows. */
export type Related = Readonly<Record<string, readonly AnyObject[]>>;

export interface Context {
  readonly now: number;
  readonly related: Related;
}

/** How objects of a kind are described. */
export interface Describer {
  /** What is asked for beside the object itself. */
  related?(session: Session, object: AnyObject): Routine<Related>;
  describe(out: Description, object: AnyObject, context: Context): void;
  /** Its events are not shown. */
  readonly hasNoEvents?: boolean;
}
