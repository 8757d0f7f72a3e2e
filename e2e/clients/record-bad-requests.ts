import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ask, BAD_REQUESTS, type Refusal } from './bad-requests.ts';
import { configOf } from './test-cluster.ts';

const { values } = parseArgs({ options: { kubeconfig: { type: 'string' } } });
if (values.kubeconfig === undefined) {
  console.error('Say which kind cluster is to be asked: node e2e/clients/record-bad-requests.ts --kubeconfig FILE');
  process.exit(2);
}
const config = configOf(readFileSync(values.kubeconfig, 'utf8'));
const refusals: Record<string, Refusal> = {};
for (const [what, request] of Object.entries(BAD_REQUESTS)) refusals[what] = await ask(config, request);
writeFileSync(new URL('bad-requests.json', import.meta.url), `${JSON.stringify(refusals, undefined, 2)}\n`);
