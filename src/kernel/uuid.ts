import type { Random } from './random.ts';

/** A version 4 UUID of the kernel's random numbers (RFC 9562). */
export function uuid(random: Random): string {
  const hex = (digits: number) => {
    let text = '';
    for (let left = digits; left > 0; left -= 4) text += random.int(0x10000).toString(16).padStart(4, '0');
    return text;
  };
  const variant = '89ab'[random.int(4)];
  return `${hex(8)}-${hex(4)}-4${hex(4).slice(1)}-${variant}${hex(4).slice(1)}-${hex(12)}`;
}
