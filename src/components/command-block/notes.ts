import { type CommandBlock, describeNeed, isUnrecorded } from '#course/block/block.ts';

/** A remark below a block: what it is, and the detail when there is one. */
export interface BlockNote {
  readonly lead: string;
  readonly detail?: string;
}

/** What a reader has to know of a block besides its commands and their output, most important first. */
export function blockNotes(block: CommandBlock): BlockNote[] {
  const notes: BlockNote[] = [];
  if (block.needs.length > 0) {
    notes.push({ lead: 'Only on', detail: block.needs.map(describeNeed).join(', ') });
  }
  if (block.follow) notes.push({ lead: 'Stays running:', detail: 'stop it with Ctrl+C' });
  if (block.exit === 'nonzero') notes.push({ lead: 'Fails, as it should:', detail: 'its exit status is not 0' });
  else if (block.exit !== 0) notes.push({ lead: 'Fails, as it should:', detail: `its exit status is ${block.exit}` });
  if (block.retry !== undefined) {
    notes.push({ lead: 'Not there yet?', detail: `Repeat it; this can take up to ${seconds(block.retry)}` });
  }
  if (block.cleanup) notes.push({ lead: 'Cleans up', detail: 'what this page made' });
  if (block.match === 'none') notes.push({ lead: 'Output not compared:', detail: block.reason ?? '' });
  if (block.skip !== undefined) notes.push({ lead: 'Not run by our checks:', detail: block.skip });
  if (isUnrecorded(block)) notes.push({ lead: 'Output not yet recorded' });
  return notes;
}

function seconds(milliseconds: number): string {
  const count = Math.ceil(milliseconds / 1000);
  return count === 1 ? '1 second' : `${count} seconds`;
}
