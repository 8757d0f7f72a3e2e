// @ts-check
// The door of every npm script. It runs on any Node from 20 on, without dependencies: it installs them where they are missing, finds a
// Node that is new enough for the rest, and hands over. Plain JavaScript, since an older Node cannot read TypeScript.

import { spawn, spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInstalled } from './launch/installed.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');

/** The oldest Node that runs Astro and reads TypeScript by itself. */
const NEEDED = [22, 18];

/** @type {Readonly<Record<string, readonly string[]>>} */
const commands = {
  start: ['node', 'scripts/start.ts'],
  test: ['node', 'scripts/test.ts'],
  'e2e:kind': ['node', 'e2e/lessons/main.ts'],
  bench: ['node', 'scripts/bench.ts'],
  cluster: ['node', 'src/serve/main.ts'],
  diagrams: ['node', 'scripts/diagrams.ts'],
  sheets: ['node', 'scripts/sheets.ts'],
  serve: ['node', 'scripts/serve.ts'],
  'lab:parity': ['node', 'scripts/lab-parity.ts'],
  dev: ['astro', 'dev', '--host', '127.0.0.1'],
  build: ['astro', 'build'],
};

/** @param {string} sentence @returns {never} */
function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}

/** @param {string} version */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = NEEDED;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

function install() {
  if (isInstalled(root)) return;
  console.error('Installing the dependencies of package-lock.json (npm ci)');
  const { status, error } = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (error) stop('npm was not found. Install Node.js 20 or newer together with npm, then try again.');
  if (status !== 0) {
    stop(
      'npm ci failed; its message stands above. Without a network, or behind a proxy, tell npm of it, then try again.',
    );
  }
}

/** The node that npm brought wins over an old one of the machine. */
function checkNode() {
  const { stdout } = spawnSync('node', ['--version'], { env: environment(), encoding: 'utf8' });
  const version = (stdout ?? '').trim();
  if (isNewEnough(version)) return;
  stop(
    `Node ${version || process.version} is too old for the site, and npm could not bring a newer one for this machine. ` +
      `Install Node 24 (https://nodejs.org), then try again.`,
  );
}

function environment() {
  return {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
    ASTRO_TELEMETRY_DISABLED: '1',
  };
}

const [name = '', ...args] = process.argv.slice(2);
const command = commands[name];
if (!command) stop(`"${name}" is no command. Use one of ${Object.keys(commands).join(', ')}.`);
if (Number(process.versions.node.split('.')[0]) < 20) {
  stop(`Node ${process.version} is too old. Install Node 20 or newer (https://nodejs.org), then try again.`);
}
install();
checkNode();
const [program = 'node', ...fixed] = command;
const child = spawn(program, [...fixed, ...args], { cwd: root, stdio: 'inherit', env: environment() });
// The terminal sends Ctrl+C to the child as well: it ends in its own way, and so does this.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
child.on('error', (error) => stop(`${program} could not be started: ${error.message}`));
child.on('close', (code, signal) => process.exit(signal === null ? (code ?? 1) : signal === 'SIGINT' ? 0 : 1));
