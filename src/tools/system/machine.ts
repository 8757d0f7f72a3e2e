import { readTextIfThere } from '#machine/file-system.ts';
import { immediate } from '../coreutils/tool.ts';

/** hostnamectl: what the machine is, as far as its files tell it. */
export const hostnamectl = immediate(
  { long: { static: 'static' } },
  ({ process: { files, hostname }, operands, has, out, complain }) => {
    const [command = 'status'] = operands;
    if (command !== 'status' && command !== 'hostname') {
      complain(`${command} is not simulated here`);
      return 1;
    }
    const name = readTextIfThere(files, '/etc/hostname')?.trim() || hostname;
    if (has('static') || command === 'hostname') {
      out(`${name}\n`);
      return 0;
    }
    const system = /^PRETTY_NAME="?(?<name>[^"\n]*)/m.exec(readTextIfThere(files, '/etc/os-release') ?? '')?.groups?.[
      'name'
    ];
    const rows = [
      ['Static hostname', name],
      ['Machine ID', readTextIfThere(files, '/etc/machine-id')?.trim()],
      ['Operating System', system],
      ['Kernel', 'Linux 6.12.0'],
      ['Architecture', 'x86-64'],
    ] as const;
    for (const [key, value] of rows) if (value) out(`${key.padStart(16)}: ${value}\n`);
    return 0;
  },
);

const UNITS: Readonly<Record<string, number>> = { b: 1 / 1024, k: 1, m: 1024, g: 1024 * 1024 };

/** free: the memory that there is. How much of it is used is not simulated. */
export const free = immediate(
  { flags: 'bkmgh', long: { human: 'h', mebi: 'm', gibi: 'g' } },
  ({ process, has, out, complain }) => {
    const total = Number(
      /^MemTotal:\s+(?<size>\d+)/m.exec(readTextIfThere(process.files, '/proc/meminfo') ?? '')?.groups?.['size'] ?? 0,
    );
    const unit = ['b', 'm', 'g'].find((each) => has(each)) ?? 'k';
    const size = has('h') ? `${(total / 1024 / 1024).toFixed(1)}Gi` : String(Math.floor(total / (UNITS[unit] ?? 1)));
    out(`               total\nMem:    ${size.padStart(12)}\nSwap:   ${(has('h') ? '0B' : '0').padStart(12)}\n`);
    complain('what is used, free or cached is not simulated here');
    return 0;
  },
);
