import { always, type FilterPlugin } from '../framework.ts';

/** Claims of volumes are not served here: a Pod with one waits for it (pkg/scheduler/framework/plugins/volumerestrictions). */
export const volumeRestrictions: FilterPlugin = {
  name: 'VolumeRestrictions',
  prepare: ({ pod }) => {
    const claim = pod.spec.volumes?.find(({ persistentVolumeClaim }) => persistentVolumeClaim)?.persistentVolumeClaim;
    return claim && { refusal: `persistentvolumeclaim ${JSON.stringify(claim.claimName)} not found` };
  },
  helpedBy: { Node: { Add: always, UpdateNodeTaint: always } },
};
