// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Does node_modules hold what the lock file names? npm keeps a list of what it installed; that list is compared, package by package, since
 * a file's date says nothing after a checkout or an unpacked archive. Builds for other machines are optional and may be absent.
 *
 * @param {string} root the project's folder
 * @returns {boolean}
 */
export function isInstalled(root) {
  const list = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(list)) return false;
  const installed = packages(list);
  const locked = packages(join(root, 'package-lock.json'));
  const missing = Object.keys(locked).some((path) => path !== '' && !locked[path]?.optional && !installed[path]);
  return !missing && Object.keys(installed).every((path) => installed[path]?.version === locked[path]?.version);
}

/**
 * @param {string} file a package-lock.json
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
