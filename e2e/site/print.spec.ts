import { readPdf, solid } from './pdf.ts';
import { expect, lessons, test } from './site.ts';

for (const lesson of lessons) {
  test(`${lesson.url} prints: every command, no buttons, black on white`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(lesson.url);
    const printed = await readPdf(await page.pdf({ format: 'A4' }));
    for (const { text } of lesson.blocks.flatMap((block) => block.commands)) {
      expect(printed.solid).toContain(solid(text));
    }
    const said = printed.texts.map((each) => each.text).join(' ');
    expect(said).not.toMatch(/Mark as done|Copy all|Skip to the text|Settings/);
    expect(printed.texts.filter(({ x, right }) => x < 20 || right > printed.width - 20)).toEqual([]);
    await page.emulateMedia({ media: 'print' });
    const colours = await page.evaluate(() => ({
      ink: getComputedStyle(document.body).color,
      paper: getComputedStyle(document.documentElement).backgroundColor,
    }));
    expect(colours).toEqual({ ink: 'rgb(0, 0, 0)', paper: 'rgb(255, 255, 255)' });
  });
}

test('answers are open on paper and links show their address', async ({ page }) => {
  const lesson = lessons.find((each) => each.slug === 'kubelet');
  await page.goto(lesson?.url ?? '');
  const answer = await page.locator('details.check').first().locator(':scope > :not(summary)').first().textContent();
  const printed = await readPdf(await page.pdf({ format: 'A4' }));
  expect(printed.solid).toContain(solid(answer ?? 'no answer').slice(0, 60));
  for (const { url } of lesson?.docs ?? []) expect(printed.solid).toContain(solid(url));
});
