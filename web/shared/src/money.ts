// Amounts are integers in minor units; only here do they become text, by the currency's own number
// of decimals.

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string): Intl.NumberFormat {
  let format = formats.get(currency);
  if (!format) {
    format = new Intl.NumberFormat(undefined, {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
    });
    formats.set(currency, format);
  }
  return format;
}

/** 0 for JPY, 2 for EUR, 3 for KWD. */
export function decimalsOf(currency: string): number {
  return formatOf(currency).resolvedOptions().maximumFractionDigits ?? 2;
}

/**
 * The decimal text of an amount, without symbol: (1999, 'EUR') gives "19.99". Exact: no float is
 * involved.
 */
export function decimalText(minor: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const digits = String(Math.abs(minor)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const sign = minor < 0 ? '-' : '';
  return decimals === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-decimals)}`;
}

export function formatMoney(minor: number, currency: string): string {
  // Intl takes decimal strings exactly; the library types do not know that yet.
  return formatOf(currency).format(decimalText(minor, currency) as unknown as number);
}

/**
 * "19.9" to 1990 for EUR. Null where the text is no amount or has more decimals than the currency.
 */
export function parseMoney(text: string, currency: string): number | null {
  const match = /^(\d{1,12})(?:[.,](\d*))?$/.exec(text.trim());
  if (!match) return null;
  const decimals = decimalsOf(currency);
  const fraction = match[2] ?? '';
  if (fraction.length > decimals) return null;
  return Number(match[1] + fraction.padEnd(decimals, '0'));
}
