import { announce } from './announce.ts';

const SHOWN = 2000;

/** Copy buttons: one command, all commands of a block, a listing. What is copied is what is shown, without prompts and outputs. */
export function followCopyButtons(): void {
  document.addEventListener('click', (event) => {
    const button =
      event.target instanceof Element ? event.target.closest<HTMLElement>('.copy, .copy-all, .copy-listing') : null;
    if (button) void copyFor(button);
  });
}

async function copyFor(button: HTMLElement): Promise<void> {
  const texts = shownTexts(button);
  try {
    await navigator.clipboard.writeText(texts.join('\n'));
  } catch {
    announce('Copying failed: the browser did not allow it. Select the text and copy it by hand.');
    return;
  }
  button.classList.add('copied');
  setTimeout(() => button.classList.remove('copied'), SHOWN);
  announce(texts.length > 1 ? `${texts.length} commands copied` : 'Copied');
}

function shownTexts(button: HTMLElement): string[] {
  const [from, what] = button.matches('.copy-all')
    ? ['.command-block', '.command-text']
    : button.matches('.copy')
      ? ['.command', '.command-text']
      : ['.listing', 'code'];
  return [...(button.closest(from)?.querySelectorAll(what) ?? [])].map((element) => element.textContent);
}
