import type { Invocation } from '../coreutils/tool.ts';
import { immediate } from '../coreutils/tool.ts';

/** What kubeadm, the kubelet and kube-proxy want of a kernel, and a little more. */
function settings({ process }: Invocation): ReadonlyMap<string, string> {
  return new Map([
    ['kernel.hostname', process.hostname],
    ['kernel.osrelease', '6.12.0'],
    ['kernel.ostype', 'Linux'],
    ['kernel.panic', '10'],
    ['kernel.panic_on_oops', '1'],
    ['net.bridge.bridge-nf-call-ip6tables', '1'],
    ['net.bridge.bridge-nf-call-iptables', '1'],
    ['net.ipv4.conf.all.forwarding', '1'],
    ['net.ipv4.conf.all.route_localnet', '1'],
    ['net.ipv4.ip_forward', '1'],
    ['net.ipv4.ip_local_port_range', '32768\t60999'],
    ['vm.overcommit_memory', '1'],
    ['vm.panic_on_oom', '0'],
  ]);
}

/** sysctl: settings of the kernel, which cannot be changed here. */
export const sysctl = immediate(
  { flags: 'nae', long: { all: 'a', values: 'n', system: 'system' }, values: 'wp' },
  (invocation) => {
    const { operands, has, out, complain } = invocation;
    if (has('w') || has('p') || has('system') || operands.some((each) => each.includes('='))) {
      complain('changing settings is not simulated here');
      return 1;
    }
    const known = settings(invocation);
    let status = 0;
    const names = has('a') ? [...known.keys()] : operands;
    if (names.length === 0) {
      complain("no variables specified\nTry `sysctl --help' for more information.");
      return 1;
    }
    for (const given of names) {
      const name = given.replaceAll('/', '.');
      const value = known.get(name);
      if (value !== undefined) out(has('n') ? `${value}\n` : `${name} = ${value}\n`);
      else {
        if (!has('e')) complain(`cannot stat /proc/sys/${name.replaceAll('.', '/')}: No such file or directory`);
        status = 255;
      }
    }
    return status;
  },
);
