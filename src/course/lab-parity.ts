/** What every block of a page does in the lab in the page, beside the real cluster on which the page was recorded. */
export interface PageParity {
  /** Of the page's blocks as they were then; another one now means that they changed since. */
  readonly fingerprint: string;
  /** The release that the lab's cluster says it is: `v1.36.4`. */
  readonly kubernetes: string;
  /** The day of the run, UTC: `2026-11-23`. */
  readonly date: string;
  /** By the ids of blocks, in the page's order: whether their answers have the shape that was recorded. */
  readonly blocks: Readonly<Record<string, ParityOutcome>>;
}

/** `not recorded`: there is nothing to compare with; `skipped`: the page itself says why. */
export type ParityOutcome = 'same' | 'differs' | 'not recorded' | 'skipped';

/** The one file between runs and the site, by address of the page. */
export interface ParityFile {
  readonly pages: Readonly<Record<string, PageParity>>;
}
