import { followCopyButtons } from './copy.ts';
import { followDone } from './reading/done-marks.ts';
import { followDrawers } from './reading/drawers.ts';
import { followPosition } from './reading/page-position.ts';
import { followWideContent } from './reading/wide-content.ts';
import { followSettings } from './settings/dialog.ts';
import { followNames } from './settings/names-form.ts';
import { followSingleKeys } from './settings/single-keys.ts';
import { followTheme } from './settings/theme.ts';

// What every page needs. Names come first: the reader sees them.
const closeSettings = followSettings();
followNames(closeSettings);
followDone();
followCopyButtons();
followTheme();
followSingleKeys();
followDrawers();
followPosition();
followWideContent();
document.querySelector('[data-print]')?.addEventListener('click', () => print());
