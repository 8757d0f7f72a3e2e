import type { Program } from '#machine/program.ts';
import { awk } from '../tools/coreutils/awk/awk.ts';
import { type Dialect, programOf } from '../tools/coreutils/tool.ts';
import { etcdutl } from '../tools/etcdutl/etcdutl.ts';
import { jq } from '../tools/jq/jq.ts';
import { kubeadm } from '../tools/kubeadm/kubeadm.ts';
import { kubectl } from '../tools/kubectl/kubectl.ts';
import { nano } from '../tools/nano/nano.ts';
import { dig } from '../tools/network/dig.ts';
import { iptables, iptablesSave } from '../tools/network/iptables.ts';
import { openssl } from '../tools/openssl/openssl.ts';
import { tar } from '../tools/system/tar.ts';
import { top } from '../tools/system/top.ts';
import { vi } from '../tools/vi/vi.ts';

/** Tools that few people type, or that weigh much: a page loads each when it is first typed. */
export interface RareTools {
  readonly awk: (dialect: Dialect) => Program;
  readonly dig: Program;
  readonly etcdutl: Program;
  readonly iptables: Program;
  readonly iptablesSave: Program;
  readonly jq: Program;
  readonly kubeadm: Program;
  /** Itself is there at once; what it explains may come later. */
  readonly kubectl: Program;
  readonly nano: Program;
  readonly openssl: Program;
  readonly tar: Program;
  readonly top: Program;
  readonly vi: Program;
}

/** All of them, where nobody waits for a network. */
export const RARE_TOOLS: RareTools = {
  awk: (dialect) => programOf(awk, dialect),
  dig: programOf(dig, 'gnu'),
  etcdutl,
  iptables,
  iptablesSave,
  jq,
  kubeadm,
  kubectl,
  nano,
  openssl,
  tar,
  top,
  vi,
};
