import { exec } from '../programs/run.ts';

/** What a step found: how many checks passed, failed and were skipped, and why they were skipped. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

/** One part of the proof. `run` writes what a reader needs to mend a failure. */
export interface Step {
  readonly name: string;
  /** Steps that look at the built site cannot run when the build failed; they count as failed then. */
  readonly needsBuild?: boolean;
  run(): Promise<Counts>;
}

/** A command that passes or fails as a whole. */
export function command(name: string, program: string, args: readonly string[], more: Partial<Step> = {}): Step {
  return { name, ...more, run: async () => whole((await exec(program, args)) === 0) };
}

/** A step that is a script of package.json, so that authors and the proof type the same. */
export function npmScript(name: string): Step {
  return command(name, 'npm', ['run', '--silent', name]);
}

/** One check that passed or failed. */
function whole(passed: boolean): Counts {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: [] };
}

/** A runner that fails while all of its tests pass (an error outside of them, a crash at its end) counts as one failure. */
export function heed(status: number, counts: Counts): Counts {
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** The sum of all steps. */
export function total(counts: readonly Counts[]): Counts {
  return {
    passed: counts.reduce((sum, each) => sum + each.passed, 0),
    failed: counts.reduce((sum, each) => sum + each.failed, 0),
    skipped: counts.flatMap((each) => each.skipped),
  };
}

/** The closing line of every run, alone on its line. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
}
