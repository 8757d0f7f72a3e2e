import type { Program } from '#machine/program.ts';
import { programOf } from '../tools/coreutils/tool.ts';
import { etcdctl } from '../tools/etcdctl/etcdctl.ts';
import { etcdutl } from '../tools/etcdutl/etcdutl.ts';
import { less } from '../tools/less/less.ts';
import { nano } from '../tools/nano/nano.ts';
import { ip } from '../tools/network/ip.ts';
import { iptables, iptablesSave } from '../tools/network/iptables.ts';
import { ss } from '../tools/network/ss.ts';
import { vi } from '../tools/vi/vi.ts';

/** What comes with etcd. */
export const ETCD_TOOLS: Readonly<Record<string, Program>> = { etcdctl, etcdutl };

const NETWORK_TOOLS: Readonly<Record<string, Program>> = {
  ip,
  iptables,
  'iptables-save': iptablesSave,
  ss: programOf(ss, 'gnu'),
};

/** What every machine has that fills a terminal. */
export const SCREEN_TOOLS: Readonly<Record<string, Program>> = { less, more: less, nano, vi, vim: vi };

/** What nodes have beside what every machine has. */
export const NODE_TOOLS: Readonly<Record<string, Program>> = { ...ETCD_TOOLS, ...NETWORK_TOOLS };
