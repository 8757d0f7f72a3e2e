import type { Location } from '#course/block/block.ts';

/** Where a block is typed, as the tab above it says. */
export function placeWords(on: Location): { readonly before: string; readonly name: string; readonly isNode: boolean } {
  return on === 'host'
    ? { before: 'on the machine with', name: 'kubectl', isNode: false }
    : { before: 'on', name: on, isNode: true };
}
