// Amounts as people type them into a form.
import { parseMoney } from '@souk/shared';

export function amountOf(text: string, currency: string): number {
  const minor = parseMoney(text, currency);
  if (minor === null) throw new Error(`“${text}” is not an amount in ${currency}.`);
  return minor;
}

export function countOf(text: string, field: string): number {
  if (!/^\d{1,9}$/.test(text.trim()))
    throw new Error(`${field}: “${text}” is not a whole number of pieces.`);
  return Number(text);
}
