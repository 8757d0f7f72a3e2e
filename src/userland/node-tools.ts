import type { Program } from '#machine/program.ts';
import { etcdctl } from '../tools/etcdctl/etcdctl.ts';
import { etcdutl } from '../tools/etcdutl/etcdutl.ts';

/** What comes with etcd. */
export const ETCD_TOOLS: Readonly<Record<string, Program>> = { etcdctl, etcdutl };

/** What nodes have beside what every machine has. */
export const NODE_TOOLS: Readonly<Record<string, Program>> = { ...ETCD_TOOLS };
