import { type Machines, machinesWith } from '../../userland/machines.ts';
import { rareToolsOnDemand } from '../../userland/on-demand.ts';
import type { FieldTexts } from './field-texts.ts';

/** What the machines of a lab have; what is rarely typed loads then. @param whenLoaded something that was waited for is there */
export function labMachines(whenLoaded: () => void, texts: FieldTexts): Machines {
  return machinesWith(rareToolsOnDemand(whenLoaded, () => texts.load()));
}
