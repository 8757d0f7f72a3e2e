import { SIGNALS, type Signal } from '#machine/program.ts';

/** By its name, with or without SIG, or its number. */
export function signalOf(text: string): Signal | undefined {
  const name = text.toUpperCase().replace(/^SIG/, '');
  return (Object.entries(SIGNALS) as [Signal, number][]).find(
    ([each, number]) => each === name || String(number) === text,
  )?.[0];
}
