import type { Command } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { flag } from '../command/flags.ts';

/** A command that kubectl has, and that says here why it does nothing. */
export function notSimulated(name: string, summary: string, why: string): Command {
  return {
    name,
    summary: `${summary} (not simulated)`,
    missing: why,
    flags: [flag('filename', 'array', { short: 'f' })],
    // biome-ignore lint/correctness/useYield: it refuses at once
    *run({ path }) {
      throw new CommandError(`${path} is not simulated here: ${why}`);
    },
  };
}

export const NOT_SIMULATED: readonly Command[] = [
  notSimulated(
    'port-forward',
    'Forward ports of this machine to a Pod',
    'on a real cluster it carries bytes to a port of a Pod; “kubectl exec” and a Service reach it too',
  ),
  notSimulated(
    'proxy',
    'Serve the API on this machine',
    'on a real cluster it serves the API without credentials at a port of this machine; “kubectl get --raw” asks it too',
  ),
  notSimulated(
    'cp',
    'Copy files to and from containers',
    'on a real cluster it runs tar in the container; “kubectl exec POD -- cat FILE” reads one',
  ),
  notSimulated(
    'debug',
    'Start a container beside others to look into them',
    'ephemeral containers are not kept by this cluster; “kubectl exec” reaches what is there',
  ),
  notSimulated('attach', 'Attach to a process that runs', '“kubectl exec” starts one of your own'),
  notSimulated('kustomize', 'Build resources of a kustomization', 'resources of plain files are applied'),
  notSimulated(
    'certificate',
    'Approve or deny requests for certificates',
    'CertificateSigningRequests are not kept by this cluster',
  ),
  notSimulated('autoscale', 'Scale by load', 'HorizontalPodAutoscalers are not kept by this cluster'),
  notSimulated('plugin', 'Work with plugins', 'there are none'),
  notSimulated('options', 'List the options of all commands', '“kubectl get --help” ends with them'),
  notSimulated('alpha', 'Commands that may change', 'there are none'),
];

/** What `kubectl top` says without the metrics API, as a new cluster does too. */
export const top: Command = {
  name: 'top',
  summary: 'Show what nodes and Pods use',
  subcommands: ['nodes', 'pods'].map((name) => ({
    name,
    aliases: name === 'nodes' ? ['node', 'no'] : ['pod', 'po'],
    summary: `What ${name} use`,
    // biome-ignore lint/correctness/useYield: it refuses at once
    *run() {
      throw new CommandError('Metrics API not available');
    },
  })),
};
