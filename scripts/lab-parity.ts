import { rm } from 'node:fs/promises';
import { mergeParity } from '../e2e/lab/record-parity.ts';
import { exec } from './programs/run.ts';

// Presses Run on every block of every page of the built site, and writes down what the site publishes of it (content/lab-parity.json).
await rm('test-results/lab-parity', { recursive: true, force: true });
process.env['CLUSTERBOOK_RECORD_PARITY'] = '1';
const built = await exec('astro', ['build', '--silent']);
const proven = built === 0 ? await exec('playwright', ['test', 'e2e/lab/parity.spec.ts']) : built;
if (proven === 0) console.log(`${await mergeParity()} pages were written to content/lab-parity.json`);
process.exitCode = proven;
