import { announce } from '../announce.ts';

/** Browsers keep that an import failed: the next try is told from it by the page being loaded anew. */
const FAILED = 'The lab could not be loaded. Are you offline? Load the page anew to try again.';

/** Run buttons and the button that opens the lab. All that a lab is made of loads when one of them is first pressed. */
export function followLab(): void {
  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest<HTMLElement>('.run, .run-all, [data-open-lab]');
    if (button) void open(button);
  });
}

async function open(button: HTMLElement): Promise<void> {
  button.classList.add('loading');
  try {
    const lab = await import('../../lab/open-lab.ts');
    if (button.matches('[data-open-lab]')) await lab.toggleLab();
    else await lab.runFor(button);
  } catch (error) {
    console.error(error);
    announce(FAILED);
    button.setAttribute('title', FAILED);
  } finally {
    button.classList.remove('loading');
  }
}
