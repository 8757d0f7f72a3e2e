import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** One run of text on a printed page; positions and sizes in points, from the lower left. */
export interface PrintedText {
  readonly page: number;
  readonly text: string;
  readonly size: number;
  readonly x: number;
  readonly right: number;
  readonly y: number;
  readonly font: string;
}

/** What a PDF shows. */
export interface Printed {
  readonly pages: number;
  readonly width: number;
  readonly height: number;
  readonly texts: readonly PrintedText[];
  /** Where its links lead. */
  readonly links: readonly string[];
  /** All text without blanks and continuation marks, for finding commands that go over lines. */
  readonly solid: string;
}

/** Text without blanks and the marks that stand before commands and their further lines. */
export function solid(text: string): string {
  return text.replaceAll(/[\s↪]/g, '');
}

/** Reads a PDF as a reader would see it. */
export async function readPdf(data: Uint8Array): Promise<Printed> {
  const document = await getDocument({ data: new Uint8Array(data), useSystemFonts: true, verbosity: 0 }).promise;
  const texts: PrintedText[] = [];
  const links: string[] = [];
  let width = 0;
  let height = 0;
  for (let number = 1; number <= document.numPages; number += 1) {
    const page = await document.getPage(number);
    const view = page.getViewport({ scale: 1 });
    width = view.width;
    height = view.height;
    for (const { url } of await page.getAnnotations()) if (typeof url === 'string') links.push(url);
    const content = await page.getTextContent();
    for (const item of content.items) {
      if (!('str' in item) || item.str.trim() === '') continue;
      const [, , skewX = 0, scaleY = 0, x = 0, y = 0] = item.transform as number[];
      const size = Math.hypot(skewX, scaleY);
      const font = content.styles[item.fontName]?.fontFamily ?? '';
      texts.push({ page: number, text: item.str, size, x, right: x + item.width, y, font });
    }
  }
  return {
    pages: document.numPages,
    width,
    height,
    texts,
    links,
    solid: solid(texts.map((each) => each.text).join('')),
  };
}
