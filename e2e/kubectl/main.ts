import { help, type Options, readOptions } from './options.ts';
import { proveOurs } from './our-kubectl.ts';
import { prove } from './prove.ts';
import { closing } from './report.ts';
import { proveSimulated } from './simulated.ts';

let options: Options | 'help';
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\nnode e2e/kubectl/main.ts --help says more.`);
  process.exit(2);
}
if (options === 'help') {
  console.log(help);
  process.exit(0);
}
try {
  const { kubeconfig } = options;
  const report = options.ours
    ? await proveOurs(options.only, console.log)
    : kubeconfig === undefined
      ? await proveSimulated(options.only, console.log)
      : await prove({ ...options, kubeconfig }, console.log);
  for (const problem of report.problems) console.error(problem);
  for (const { command, reason } of report.declared) console.log(`declared: ${command}: ${reason}`);
  console.log(closing(report));
  process.exitCode = report.failed.length + report.problems.length === 0 && report.passed > 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
