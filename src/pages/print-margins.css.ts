import type { APIRoute } from 'astro';

/** The margins of printed pages: they name the published site, which only the build knows. */
export const GET: APIRoute = ({ site }) => {
  const address = site?.host ?? '';
  const style = 'font: 8pt system-ui, sans-serif; color: #333;';
  const css = `@page {
  margin: 12mm 11mm 14mm;
  @bottom-left { content: "${address}"; ${style} }
  @bottom-right { content: counter(page) " / " counter(pages); ${style} }
}
`;
  return new Response(css, { headers: { 'Content-Type': 'text/css; charset=utf-8' } });
};
