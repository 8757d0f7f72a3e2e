import type { ContainerStatus } from '#machine/cri.ts';
import { formatLog, selectLines } from '../containers/logs.ts';
import type { KubeletFiles } from '../files.ts';

/** Characters that are kept, and lines of a log. */
const LONGEST = 4096;
const LONGEST_OF_LOG = 2048;
const LINES = 80;

/**
 * What a container left as its last words: what it wrote to its file, or when it failed and its policy says so, the end of its log
 * (kuberuntime_container.getTerminationMessage).
 */
export function terminationMessage(
  { config, exitCode, message, logFile }: ContainerStatus,
  files: KubeletFiles,
): string {
  const path = config.annotations['io.kubernetes.container.terminationMessagePath'];
  const mount = config.mounts.find(({ containerPath }) => containerPath === path);
  const written = mount && path !== '' ? (files.read(mount.hostPath) ?? '').slice(-LONGEST) : '';
  const fallsBack =
    config.annotations['io.kubernetes.container.terminationMessagePolicy'] === 'FallbackToLogsOnError' &&
    exitCode !== 0;
  const words = written !== '' || !fallsBack ? written : endOf(files.read(logFile) ?? '');
  return [message, words].filter((text) => text !== '').join(': ');
}

function endOf(log: string): string {
  return formatLog(selectLines(log, { timestamps: false, tailLines: LINES }), { timestamps: false }).slice(
    -LONGEST_OF_LOG,
  );
}
