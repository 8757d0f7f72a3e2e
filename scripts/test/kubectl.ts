import { proveOurs } from '../../e2e/kubectl/our-kubectl.ts';
import type { Report } from '../../e2e/kubectl/report.ts';
import { proveSimulated } from '../../e2e/kubectl/simulated.ts';
import { missingPrograms } from '../programs/missing.ts';
import type { Counts } from './step.ts';

/**
 * What the real kubectl is answered by the simulated cluster, compared with what a kind cluster answered. Without kubectl it is skipped,
 * counted, with the reason; where `CI` is set it fails then. Declared differences count as skipped, each with its reason.
 */
export async function proveKubectl(): Promise<Counts> {
  const missing = await missingPrograms(['kubectl']);
  if (missing.length > 0) {
    for (const sentence of missing) console.error(sentence);
    const reason = `the simulated cluster was not asked by kubectl: ${missing.join(' ')}`;
    return process.env['CI'] ? { passed: 0, failed: 1, skipped: [] } : { passed: 0, failed: 0, skipped: [reason] };
  }
  return countsOf(await proveSimulated([], console.log), 'kubectl');
}

/** What our own kubectl answers in the lab, compared with the same recordings; nothing has to be installed for it. */
export async function proveOurKubectl(): Promise<Counts> {
  return countsOf(await proveOurs([], console.log), 'our kubectl');
}

function countsOf({ passed, failed, declared, problems }: Report, whose: string): Counts {
  for (const problem of problems) console.error(problem);
  return {
    passed,
    failed: failed.length + problems.length,
    skipped: declared.map(({ command, reason }) => `${whose}, ${command}: ${reason}`),
  };
}
