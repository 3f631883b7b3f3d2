// Merchants' descriptions are HTML from anywhere. The server cleans them; this is the second lock:
// an allow list.

const ALLOWED = new Set(
  (
    'a abbr b blockquote br caption code dd div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img li ol p pre s small ' +
    'span strong sub sup table tbody td tfoot th thead tr u ul'
  ).split(' '),
);
const DROPPED_WHOLE = new Set(
  'script style iframe object embed form template svg math noscript'.split(' '),
);
const ATTRIBUTES: Record<string, string[]> = {
  a: ['href'],
  img: ['src', 'alt', 'width', 'height'],
  td: ['colspan'],
};

/**
 * The same text with only plain formatting left: no scripts, no styles, no handlers, links to
 * http(s), mail and pages.
 */
export function cleanHtml(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const element of [...body.querySelectorAll('*')]) {
    const tag = element.localName;
    if (DROPPED_WHOLE.has(tag)) element.remove();
    else if (!ALLOWED.has(tag)) element.replaceWith(...element.childNodes);
    else keepAttributes(element, ATTRIBUTES[tag] ?? []);
  }
  return body.innerHTML;
}

function keepAttributes(element: Element, names: string[]) {
  for (const { name, value } of [...element.attributes]) {
    const isLink = name === 'href' || name === 'src';
    if (!names.includes(name) || (isLink && !isSafeLink(value))) element.removeAttribute(name);
  }
  if (element.localName === 'a') element.setAttribute('rel', 'noopener nofollow');
  if (element.localName === 'img') element.setAttribute('loading', 'lazy');
}

function isSafeLink(link: string): boolean {
  try {
    return ['http:', 'https:', 'mailto:'].includes(new URL(link, location.origin).protocol);
  } catch {
    return false;
  }
}
