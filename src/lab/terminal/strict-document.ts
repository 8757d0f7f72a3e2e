/**
 * A document for xterm.js that keeps within a strict Content-Security-Policy: it makes `<style>` elements and `style` attributes, which
 * `style-src 'self'` forbids. What it writes into them goes into style sheets that are adopted, and into the style of the element, as
 * scripts may.
 */
export function strictDocument(): Document {
  return new Proxy(document, {
    get(target, name) {
      if (name === 'createElement') return createElement;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** For what reaches for the page's own document all the same. */
export function adoptStyles(action: () => void): void {
  document.createElement = createElement as typeof document.createElement;
  try {
    action();
  } finally {
    Reflect.deleteProperty(document, 'createElement');
  }
}

const make = document.createElement.bind(document);

function createElement(tag: string): HTMLElement {
  if (tag === 'style') return adoptedStyle();
  return make(tag);
}

/** An element without meaning: its text is the text of a style sheet, as long as it is in the page. */
function adoptedStyle(): HTMLElement {
  const element = make('span');
  const sheet = new CSSStyleSheet();
  element.hidden = true;
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  Object.defineProperty(element, 'textContent', { set: (text: string) => sheet.replaceSync(text) });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    Element.prototype.remove.call(element);
  };
  return element;
}

/** Its rows are made of spans of the page's document, whatever document it was given; selected and coloured ones get a style as text. */
HTMLSpanElement.prototype.setAttribute = function (name, value) {
  if (name === 'style') this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
};
