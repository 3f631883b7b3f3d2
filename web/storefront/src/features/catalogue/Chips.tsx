// The filters in force, each with a way out.
import { formatMoney, type Facets } from '@souk/shared';
import { X } from 'lucide-react';
import { many, one, type ListSearch } from '../../lib/filter';
import { optionValueOf } from './options';

interface Chip {
  key: string;
  label: string;
  without: ListSearch;
}

const LISTS = ['brand', 'type', 'tag', 'option'] as const;

export function chipsOf(search: ListSearch, facets: Facets | undefined, currency?: string): Chip[] {
  const chips = LISTS.flatMap((name) =>
    many(search[name]).map((value) => ({
      key: `${name}:${value}`,
      label: labelOf(name, value, facets),
      without: { ...search, [name]: many(search[name]).filter((other) => other !== value) },
    })),
  );
  if (one(search.in_stock) === 'true') {
    chips.push({ key: 'in_stock', label: 'In stock', without: { ...search, in_stock: undefined } });
  }
  if (search.price_min || search.price_max) {
    const label = currency ? priceLabel(search, currency) : 'Price';
    chips.push({
      key: 'price',
      label,
      without: { ...search, price_min: undefined, price_max: undefined },
    });
  }
  return chips;
}

function labelOf(name: (typeof LISTS)[number], value: string, facets: Facets | undefined): string {
  if (name === 'option') return optionValueOf(value);
  const values = { brand: facets?.brands, type: facets?.types, tag: facets?.tags }[name];
  return values?.find((facet) => facet.value === value)?.label ?? value;
}

function priceLabel(search: ListSearch, currency: string): string {
  const [from, to] = [one(search.price_min), one(search.price_max)].map(
    (text) => text && formatMoney(Number(text), currency),
  );
  if (from && to) return `${from} – ${to}`;
  return from ? `from ${from}` : `up to ${to}`;
}

interface ChipsProps {
  search: ListSearch;
  facets: Facets | undefined;
  currency?: string;
  onSearch(search: ListSearch): void;
}

export function Chips({ search, facets, currency, onSearch }: ChipsProps) {
  const chips = chipsOf(search, facets, currency);
  if (chips.length === 0) return null;
  return (
    <ul aria-label="Filters in force" className="mb-6 flex flex-wrap gap-2">
      {chips.map(({ key, label, without }) => (
        <li key={key}>
          <button
            type="button"
            className="flex min-h-9 items-center gap-1.5 rounded-full border border-edge py-1 pr-2.5 pl-3.5 text-sm hover:border-ink"
            onClick={() => onSearch(without)}
          >
            <span className="sr-only">Remove filter: </span>
            {label}
            <X aria-hidden className="size-3.5" />
          </button>
        </li>
      ))}
    </ul>
  );
}
