import type { JsonObject } from '../../api/json.ts';

/** What `/version` says (apimachinery, pkg/version.Info), in the order in which it is sent. */
export interface VersionInfo {
  readonly major: string;
  readonly minor: string;
  readonly emulationMajor: string;
  readonly emulationMinor: string;
  readonly minCompatibilityMajor: string;
  readonly minCompatibilityMinor: string;
  readonly gitVersion: string;
  readonly gitCommit: string;
  readonly gitTreeState: string;
  readonly buildDate: string;
  readonly goVersion: string;
  readonly compiler: string;
  readonly platform: string;
}

/** The release that is taught. Commit and date are those of no build: the date is the one of a build that was told none. */
export const VERSION: VersionInfo = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.4',
  gitCommit: 'simulated',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'go1.26.5',
  compiler: 'gc',
  platform: 'linux/amd64',
};

/** It is indented whoever asks, and ends without a line break (apiserver, pkg/endpoints/handlers/responsewriters.WriteRawJSON). */
export function versionText(version: VersionInfo): string {
  const value: JsonObject = { ...version };
  return JSON.stringify(value, undefined, 2);
}
