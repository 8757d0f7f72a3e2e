import { expect, type Locator, type Page } from '@playwright/test';
import { keptAt } from './kept-value.ts';

/** The last line is a prompt, and nothing is typed at it. */
const PROMPT = /[$#]$/;

/** The lab of a page, as a reader works with it. */
export class LabPage {
  readonly page: Page;
  readonly dock: Locator;

  constructor(page: Page) {
    this.page = page;
    this.dock = page.getByRole('region', { name: 'Lab' });
  }

  /** Opens it by its button, and waits for the prompt. */
  async open(): Promise<void> {
    await this.page.getByRole('button', { name: 'Lab', exact: true }).first().click();
    await this.prompt();
  }

  /** The terminal that is typed in. */
  get screen(): Locator {
    return this.dock.locator('.lab-screen.chosen');
  }

  /** The terminal of a tab, in sight or not. */
  screenOf(name: string): Locator {
    return this.dock.getByRole('tabpanel', { name, exact: true, includeHidden: true });
  }

  /** Text of the terminal that is shown, line by line. */
  async lines(): Promise<string[]> {
    const rows = await this.screen.locator('.xterm-rows > div').allInnerTexts();
    return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd());
  }

  async text(): Promise<string> {
    return (await this.lines()).join('\n').trimEnd();
  }

  /** Waits until the last line that is not empty is a prompt. */
  async prompt(): Promise<void> {
    await this.shows(PROMPT, 'a prompt');
  }

  /** Types a line and Enter in the terminal that has the focus. */
  async type(line: string): Promise<void> {
    await this.page.keyboard.type(line);
    await this.page.keyboard.press('Enter');
  }

  /** Types a command on an empty screen, waits for the next prompt, and gives what stands between the two. */
  async answer(line: string, timeout = 15_000): Promise<string> {
    await this.page.keyboard.press('Control+l');
    await this.shows((text) => !text.includes('\n'), 'an empty screen');
    await this.type(line);
    await this.shows((text) => text.includes('\n') && PROMPT.test(text), `the end of “${line}”`, timeout);
    return (await this.lines()).join('\n').trimEnd().split('\n').slice(1, -1).join('\n');
  }

  /** Waits until the text of the terminal is as wanted. */
  async shows(holds: ((text: string) => boolean) | RegExp, what = String(holds), timeout = 15_000): Promise<void> {
    const fits = (text: string) => (holds instanceof RegExp ? holds.test(text) : holds(text));
    await expect(async () => {
      const text = await this.text();
      if (!fits(text)) throw new Error(`not ${what}, but:\n${text}`);
    }).toPass({ timeout, intervals: [50, 100, 200] });
  }

  async focus(): Promise<void> {
    await this.screen.locator('textarea').focus();
  }

  /** Opens another terminal, by the button beside the tabs. */
  async openTab(place: 'host' | 'cp1' | 'w1' | 'w2'): Promise<void> {
    await this.dock.getByRole('button', { name: '+' }).click();
    await this.page.locator(`.lab-menu-item[data-place="${place}"]`).click();
    await this.prompt();
  }

  /** What the lab says above its terminals. */
  get notice(): Locator {
    return this.dock.locator('.lab-notice');
  }

  /** An entry of the menu “Lab”. */
  async choose(label: string): Promise<void> {
    await this.dock.getByRole('button', { name: 'Lab', exact: true }).click();
    await this.page.locator('.lab-menu:popover-open').getByText(label, { exact: true }).click();
  }

  tab(name: string): Locator {
    return this.dock.getByRole('tab', { name, exact: true });
  }

  /** Waits until all that was done before is written down: what is written a second time from now began after it. */
  async kept(): Promise<void> {
    for (let times = 0; times < 2; times += 1) {
      const before = await keptAt(this.page);
      await expect.poll(() => keptAt(this.page), { timeout: 30_000 }).not.toBe(before);
    }
  }

  /** Sets how fast time passes, under its button. */
  async speed(label: string): Promise<void> {
    await this.dock.getByRole('button', { name: /^(Time ×|Paused)/ }).click();
    await this.page.getByRole('radio', { name: label }).check();
    await this.page.keyboard.press('Escape');
  }
}
