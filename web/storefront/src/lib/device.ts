// A browser's name for people, out of what it calls itself. The first row that fits is meant: most
// of them also claim to be those below.
const BROWSERS: [RegExp, string][] = [
  [/\bEdg/, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/(Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const SYSTEMS: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
];

const first = (rows: [RegExp, string][], text: string) =>
  rows.find(([pattern]) => pattern.test(text))?.[1];

/** "Firefox, Windows"; what is not known is shown as it came. */
export function deviceName(userAgent: string | null): string {
  if (!userAgent) return 'A browser';
  const known = [first(BROWSERS, userAgent), first(SYSTEMS, userAgent)].filter(Boolean);
  return known.join(', ') || userAgent;
}
