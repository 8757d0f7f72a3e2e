import type { Program } from '#machine/program.ts';
import type { ClusterNode } from '../cluster/node/node.ts';
import { programOf } from '../tools/coreutils/tool.ts';
import { crictl } from '../tools/crictl/crictl.ts';
import { etcdctl } from '../tools/etcdctl/etcdctl.ts';
import { journalctl } from '../tools/journalctl/journalctl.ts';
import { less } from '../tools/less/less.ts';
import { paged } from '../tools/less/paged.ts';
import { ip } from '../tools/network/ip.ts';
import { ss } from '../tools/network/ss.ts';
import { free, hostnamectl } from '../tools/system/machine.ts';
import { sysctl } from '../tools/system/sysctl.ts';
import { uptime } from '../tools/system/uptime.ts';
import { systemctl } from '../tools/systemctl/systemctl.ts';
import type { RareTools } from './rare-tools.ts';

/** What comes with etcd. */
export const etcdTools = ({ etcdutl }: RareTools): Readonly<Record<string, Program>> => ({ etcdctl, etcdutl });

const networkTools = ({ dig, iptables, iptablesSave }: RareTools): Readonly<Record<string, Program>> => ({
  dig,
  ip,
  iptables,
  'iptables-save': iptablesSave,
  ss: programOf(ss, 'gnu'),
});

/** What every machine has, beside coreutils and shells. */
export const occasionalTools = (rare: RareTools): Readonly<Record<string, Program>> => ({
  awk: rare.awk('gnu'),
  free: programOf(free, 'gnu'),
  hostnamectl: programOf(hostnamectl, 'gnu'),
  jq: rare.jq,
  less,
  more: less,
  nano: rare.nano,
  openssl: rare.openssl,
  sysctl: programOf(sysctl, 'gnu'),
  tar: rare.tar,
  top: rare.top,
  uptime: programOf(uptime, 'gnu'),
  vi: rare.vi,
  vim: rare.vi,
});

/** The names of what nodes have beside what every machine has. */
export const NODE_TOOLS: readonly string[] = [
  'crictl',
  'dig',
  'etcdctl',
  'etcdutl',
  'ip',
  'iptables',
  'iptables-save',
  'journalctl',
  'kubeadm',
  'ss',
  'systemctl',
];

/** What nodes have beside what every machine has: NODE_TOOLS. */
export function nodeTools(
  { units, journal, containerd }: ClusterNode,
  rare: RareTools,
): Readonly<Record<string, Program>> {
  return {
    ...etcdTools(rare),
    ...networkTools(rare),
    crictl: crictl(containerd, () => units.status('containerd').activeState === 'active'),
    journalctl: paged(journalctl(journal), isLongJournal),
    kubeadm: rare.kubeadm,
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
