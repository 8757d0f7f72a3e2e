import type { Program } from '#machine/program.ts';
import type { ClusterNode } from '../cluster/node/node.ts';
import { programOf } from '../tools/coreutils/tool.ts';
import { crictl } from '../tools/crictl/crictl.ts';
import { etcdctl } from '../tools/etcdctl/etcdctl.ts';
import { etcdutl } from '../tools/etcdutl/etcdutl.ts';
import { journalctl } from '../tools/journalctl/journalctl.ts';
import { jq } from '../tools/jq/jq.ts';
import { kubeadm } from '../tools/kubeadm/kubeadm.ts';
import { less } from '../tools/less/less.ts';
import { paged } from '../tools/less/paged.ts';
import { nano } from '../tools/nano/nano.ts';
import { dig } from '../tools/network/dig.ts';
import { ip } from '../tools/network/ip.ts';
import { iptables, iptablesSave } from '../tools/network/iptables.ts';
import { ss } from '../tools/network/ss.ts';
import { openssl } from '../tools/openssl/openssl.ts';
import { free, hostnamectl } from '../tools/system/machine.ts';
import { sysctl } from '../tools/system/sysctl.ts';
import { tar } from '../tools/system/tar.ts';
import { top } from '../tools/system/top.ts';
import { uptime } from '../tools/system/uptime.ts';
import { systemctl } from '../tools/systemctl/systemctl.ts';
import { vi } from '../tools/vi/vi.ts';

/** What comes with etcd. */
export const ETCD_TOOLS: Readonly<Record<string, Program>> = { etcdctl, etcdutl };

const NETWORK_TOOLS: Readonly<Record<string, Program>> = {
  dig: programOf(dig, 'gnu'),
  ip,
  iptables,
  'iptables-save': iptablesSave,
  ss: programOf(ss, 'gnu'),
};

/** What every machine has, and loads when it is typed first. */
export const OCCASIONAL_TOOLS: Readonly<Record<string, Program>> = {
  free: programOf(free, 'gnu'),
  hostnamectl: programOf(hostnamectl, 'gnu'),
  jq,
  less,
  more: less,
  nano,
  openssl,
  sysctl: programOf(sysctl, 'gnu'),
  tar,
  top,
  uptime: programOf(uptime, 'gnu'),
  vi,
  vim: vi,
};

/** The names of what nodes have beside what every machine has. */
export const NODE_TOOLS: readonly string[] = [
  ...Object.keys(ETCD_TOOLS),
  ...Object.keys(NETWORK_TOOLS),
  'crictl',
  'journalctl',
  'kubeadm',
  'systemctl',
];

/** What nodes have beside what every machine has: NODE_TOOLS. */
export function nodeTools({ units, journal, containerd }: ClusterNode): Readonly<Record<string, Program>> {
  return {
    ...ETCD_TOOLS,
    ...NETWORK_TOOLS,
    crictl: crictl(containerd, () => units.status('containerd').activeState === 'active'),
    journalctl: paged(journalctl(journal), isLongJournal),
    kubeadm,
    systemctl: paged(systemctl({ units, journal }), isLongAnswer),
  };
}

/** The journal, but for one that is followed. */
function isLongJournal(words: readonly string[]): boolean {
  return !words.some((word) => word === '--no-pager' || word === '--follow' || /^-[a-z]*f/.test(word));
}

/** What systemctl shows, not what it does. */
function isLongAnswer(words: readonly string[]): boolean {
  if (words.includes('--no-pager')) return false;
  const verb = words.find((word) => !word.startsWith('-')) ?? 'list-units';
  return verb === 'status' || verb === 'cat' || verb === 'show' || verb.startsWith('list-');
}
