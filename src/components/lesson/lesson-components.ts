import CommandBlock from '../command-block/CommandBlock.astro';
import Changed from './Changed.astro';
import Cheat from './Cheat.astro';
import Check from './Check.astro';
import Diagram from './Diagram.astro';
import Heading2 from './Heading2.astro';
import Heading3 from './Heading3.astro';
import Healthy from './Healthy.astro';
import Hint from './Hint.astro';
import Listing from './Listing.astro';
import Note from './Note.astro';
import Sample from './Sample.astro';
import Sick from './Sick.astro';
import Solution from './Solution.astro';
import Table from './Table.astro';
import Task from './Task.astro';
import Warning from './Warning.astro';

/** What a lesson's Markdown becomes: the authors' components, the fences' components, and three plain elements of ours. */
export const lessonComponents = {
  Changed,
  Cheat,
  Check,
  CommandBlock,
  Diagram,
  Healthy,
  Hint,
  Listing,
  Note,
  Sample,
  Sick,
  Solution,
  Task,
  Warning,
  h2: Heading2,
  h3: Heading3,
  table: Table,
};
