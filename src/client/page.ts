import { ownNames } from '#course/node-names.ts';
import { followCopyButtons } from './copy.ts';
import { followLab } from './lab/opener.ts';
import { onEachPage } from './page-life.ts';
import { followDone } from './reading/done-marks.ts';
import { followDrawers } from './reading/drawers.ts';
import { followPosition } from './reading/page-position.ts';
import { followWideContent } from './reading/wide-content.ts';
import { followSettings } from './settings/dialog.ts';
import { followNames } from './settings/names-form.ts';
import { keptNames } from './settings/own-node-names.ts';
import { showNames } from './settings/shown-names.ts';
import { followSingleKeys } from './settings/single-keys.ts';
import { followTheme } from './settings/theme.ts';

// What the frame of every page needs, once. Names come first: the reader sees them.
const closeSettings = followSettings();
followNames(closeSettings);
followCopyButtons();
followLab();
followTheme();
followSingleKeys();
document.addEventListener('click', (event) => {
  if (event.target instanceof Element && event.target.closest('[data-print]')) print();
});

// What belongs to the text that is shown.
onEachPage((leaving) => {
  showNames(keptNames() ?? ownNames);
  followDone(leaving);
  followDrawers();
  followPosition(leaving);
  followWideContent();
});
