import type { Routine } from '#kernel/coroutine.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { checkExpiration } from './check-expiration.ts';

const VERSION = 'v1.36.4';

/** What a real one does, for those commands that would change the whole cluster. */
const NOT_SIMULATED: Readonly<Record<string, string>> = {
  init: 'on a real machine it makes the control plane: certificates, static Pods, addons; this cluster was made so',
  join: 'on a real machine it makes a node of this machine; the nodes of this cluster have joined',
  reset: 'on a real machine it undoes what init and join did',
  upgrade: 'on a real machine it brings the control plane to another release; here there is one release',
};

/** kubeadm: what is asked of it after a cluster was made. */
export const kubeadm: Program = function* (process) {
  const words = process.argv.slice(1).filter((word) => !word.startsWith('-'));
  const [verb, second] = words;
  const { out, error } = process.streams;
  if (verb === 'version') {
    const isShort = process.argv.includes('short') || process.argv.includes('--output=short');
    out(
      isShort
        ? `${VERSION}\n`
        : `kubeadm version: &version.Info{Major:"1", Minor:"36", EmulationMajor:"", EmulationMinor:"", MinCompatibilityMajor:"", MinCompatibilityMinor:"", GitVersion:"${VERSION}", Platform:"linux/amd64"}\n`,
    );
    return 0;
  }
  if (verb === 'certs' && second === 'check-expiration') return yield* asRoot(process, () => checkExpiration(process));
  if (verb !== undefined && verb in NOT_SIMULATED) {
    error(`kubeadm: ${verb} is not simulated here: ${NOT_SIMULATED[verb]}\n`);
    return 1;
  }
  if (verb === undefined) {
    out('kubeadm: commands that are simulated here: certs check-expiration, version\n');
    return 0;
  }
  if (['certs', 'token', 'config', 'alpha', 'completion', 'kubeconfig'].includes(verb)) {
    error(`kubeadm: ${words.slice(0, 2).join(' ')} is not simulated here\n`);
    return 1;
  }
  error(
    `unknown command ${JSON.stringify(verb)} for "kubeadm"\nTo see the stack trace of this error execute with --v=5 or higher\n`,
  );
  return 1;
};

/** It reads private files. */
function* asRoot(process: ProcessContext, body: () => Routine<number>): Routine<number> {
  if (process.files.credentials.uid === 0) return yield* body();
  process.streams.error(
    'error: user is not running as root\nTo see the stack trace of this error execute with --v=5 or higher\n',
  );
  return 1;
}
