/** What a run on a real cluster proved of one page. */
export interface PageVerification {
  /** Of the page's blocks as they were then; another one now means that they changed since. */
  readonly fingerprint: string;
  /** The cluster's gitVersion: `v1.36.4`. */
  readonly kubernetes: string;
  /** kind's version: `0.33.0`. */
  readonly kind: string;
  readonly cni: string;
  /** The day of the run, UTC: `2026-11-23`. */
  readonly date: string;
  /** How many command blocks were run and matched. */
  readonly run: number;
  readonly notRun: readonly {
    readonly id: string;
    readonly outcome: 'not applicable' | 'skipped';
    readonly reason: string;
  }[];
}

/** The one file between runs and the site, by address of the page. */
export interface VerificationFile {
  readonly pages: Readonly<Record<string, PageVerification>>;
}
