import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askReal } from './real.ts';
import { readTable } from './table.ts';

/** Asks the real shells and tools, and writes down what they answer. */
const answers = await askReal(readTable());
writeFileSync(join(import.meta.dirname, 'answers.json'), `${JSON.stringify(answers, undefined, 2)}\n`);
