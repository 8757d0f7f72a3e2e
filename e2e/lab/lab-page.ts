import { expect, type Locator, type Page } from '@playwright/test';

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

  get screen(): Locator {
    return this.dock.locator('.lab-screen:not([hidden])');
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
    await expect
      .poll(async () => (await this.text()).split('\n').at(-1), { message: 'a prompt', timeout: 15_000 })
      .toMatch(/[$#]$/);
  }

  /** Types at the prompt of the terminal that has the focus, and waits for the next one. */
  async type(line: string): Promise<void> {
    await this.page.keyboard.type(line);
    await this.page.keyboard.press('Enter');
  }

  async focus(): Promise<void> {
    await this.screen.locator('textarea').focus();
  }

  tab(name: string): Locator {
    return this.dock.getByRole('tab', { name, exact: true });
  }

  /** Sets how fast time passes, under its button. */
  async speed(label: string): Promise<void> {
    await this.dock.getByRole('button', { name: /^(Time ×|Paused)/ }).click();
    await this.page.getByRole('radio', { name: label }).check();
    await this.page.keyboard.press('Escape');
  }
}
