import { proveSimulated } from '../../e2e/scenarios/simulated.ts';
import { missingPrograms } from '../programs/missing.ts';
import type { Counts } from './step.ts';

/**
 * What happens on the simulated cluster, in which order, compared with what happened on a kind cluster. Without kubectl it is skipped,
 * counted, with the reason; where `CI` is set it fails then. Declared differences count as skipped, each with its reason.
 */
export async function proveScenarios(): Promise<Counts> {
  const missing = await missingPrograms(['kubectl']);
  if (missing.length > 0) {
    for (const sentence of missing) console.error(sentence);
    const reason = `no scenario was run on the simulated cluster: ${missing.join(' ')}`;
    return process.env['CI'] ? { passed: 0, failed: 1, skipped: [] } : { passed: 0, failed: 0, skipped: [reason] };
  }
  return proveSimulated([], undefined, console.log);
}
