import { closingLine } from '../../scripts/test/step.ts';
import { proveOnKind } from './on-kind.ts';
import { help, type Options, readOptions } from './options.ts';
import { proveSimulated } from './simulated.ts';

let options: Options | 'help';
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\nnode e2e/scenarios/main.ts --help says more.`);
  process.exit(2);
}
if (options === 'help') {
  console.log(help);
  process.exit(0);
}
try {
  const { kind, only, workdir } = options;
  const counts =
    kind === undefined
      ? await proveSimulated(only, workdir, console.log)
      : await proveOnKind({ ...options, kind }, console.log);
  for (const reason of counts.skipped) console.log(`skipped: ${reason}`);
  console.log(closingLine(counts));
  process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
