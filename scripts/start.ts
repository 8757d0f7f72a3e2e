import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { serveSite } from './serve.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: process.env['PORT'] ?? '4321' } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`"${values.port}" is no port. Write a number, such as npm start -- --port 8080`);
  process.exit(1);
}
console.log('Building the site (astro build)');
const build = spawnSync('astro', ['build', '--silent'], { stdio: 'inherit' });
if (build.status !== 0) {
  console.error('The build failed; what to mend stands above.');
  process.exit(1);
}
try {
  const site = await serveSite({ port });
  console.log(`Clusterbook is at ${site.url}/ (Ctrl+C ends it)`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
