import { CommandError } from '../command/errors.ts';

/** `key=value` pairs of flags. @throws CommandError */
export function pairs(items: readonly string[], what: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    items.map((item) => {
      const at = item.indexOf('=');
      if (at < 1) throw new CommandError(`${what}: ${item}`);
      return [item.slice(0, at), item.slice(at + 1)];
    }),
  );
}

/** `app=web,tier=front` */
export function labelsOf(text: string): Readonly<Record<string, string>> {
  if (text === '') return {};
  return pairs(text.split(','), 'unexpected label spec');
}

/** `A=1` of --env. @throws CommandError */
export function environment(items: readonly string[]): readonly { readonly name: string; readonly value: string }[] {
  return items.map((item) => {
    const [name = '', ...value] = item.split('=');
    if (!/^[A-Za-z_][\w.-]*$/.test(name) || value.length === 0) throw new CommandError(`invalid env: ${item}`);
    return { name, value: value.join('=') };
  });
}

/** `nginx:1.27` gives `nginx`. */
export function containerName(image: string): string {
  const [name = ''] = (image.split('/').at(-1) ?? '').split(/[:@]/);
  return name.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-');
}
