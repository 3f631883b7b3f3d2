// The filters that a list offers, with how many products each would leave.
import { decimalText, formatMoney, parseMoney, type Facets, type FacetValue } from '@souk/shared';
import { ChevronDown } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { button, cx } from '../../components/classes';
import { many, one, type ListSearch } from '../../lib/filter';
import { optionFilter } from './options';

const SHOWN = 7;

interface FacetPanelProps {
  facets: Facets;
  currency: string | undefined;
  search: ListSearch;
  fixed?: 'category' | undefined;
  onSearch(search: ListSearch): void;
}

type ListName = 'brand' | 'type' | 'tag' | 'option';

export function FacetPanel({ facets, currency, search, fixed, onSearch }: FacetPanelProps) {
  const options = many(search.option);
  const toggle = (name: ListName, value: string) => {
    const chosen = many(search[name]);
    const next = chosen.includes(value)
      ? chosen.filter((one) => one !== value)
      : [...chosen, value];
    onSearch({ ...search, [name]: next });
  };
  const list = (name: ListName, title: string, values: FacetValue[]) =>
    values.length > (many(search[name]).length > 0 ? 0 : 1) && (
      <Facet title={title} open={name === 'brand' || many(search[name]).length > 0}>
        <Values
          values={values}
          chosen={many(search[name])}
          onToggle={(value) => toggle(name, value)}
        />
      </Facet>
    );
  return (
    <div className="flex flex-col">
      <label className="flex min-h-11 items-center justify-between gap-3 border-b border-line pb-3">
        <span>
          In stock only{' '}
          <span className="amount text-sm text-muted">{facets.in_stock.toLocaleString()}</span>
        </span>
        <input
          type="checkbox"
          className="size-5 accent-(--accent)"
          checked={one(search.in_stock) === 'true'}
          onChange={(event) =>
            onSearch({ ...search, in_stock: event.target.checked ? 'true' : undefined })
          }
        />
      </label>
      {!fixed && facets.categories.length > 0 && (
        <Facet title="Department" open>
          <Categories values={facets.categories} search={search} onSearch={onSearch} />
        </Facet>
      )}
      {facets.price && currency && facets.price.max_minor > 0 && (
        <Facet title="Price" open>
          <PriceRange
            price={facets.price}
            currency={currency}
            search={search}
            onSearch={onSearch}
          />
        </Facet>
      )}
      {list('brand', 'Brand', facets.brands)}
      {facets.options.map(({ name, values }) => {
        const offered = values.map((value) => ({
          ...value,
          value: optionFilter(name, value.value),
        }));
        const active = offered.some(({ value }) => options.includes(value));
        return (
          (offered.length > 1 || active) && (
            <Facet key={name} title={name} open={active || facets.options.length < 4}>
              <Values
                values={offered}
                chosen={options}
                onToggle={(value) => toggle('option', value)}
              />
            </Facet>
          )
        );
      })}
      {list('type', 'Kind', facets.types)}
      {list('tag', 'Tag', facets.tags)}
    </div>
  );
}

function Facet({
  title,
  open = false,
  children,
}: {
  title: string;
  open?: boolean;
  children: ReactNode;
}) {
  return (
    <details open={open} className="group border-b border-line py-1">
      <summary className="flex min-h-11 list-none items-center justify-between font-medium">
        {title}
        <ChevronDown
          aria-hidden
          className="size-4 text-muted transition-transform group-open:rotate-180"
        />
      </summary>
      <div className="pb-4">{children}</div>
    </details>
  );
}

interface ValuesProps {
  values: FacetValue[];
  chosen: string[];
  onToggle(value: string): void;
}

/** Chosen values stay in sight, also where a list is folded. */
function Values({ values, chosen, onToggle }: ValuesProps) {
  const [all, setAll] = useState(false);
  const shown = values.filter(({ value }, index) => all || index < SHOWN || chosen.includes(value));
  return (
    <>
      <ul>
        {shown.map(({ value, label, count }) => (
          <li key={value}>
            <label
              className={cx(
                'flex min-h-9 items-center gap-3 text-[0.9375rem]',
                count === 0 && 'text-muted',
              )}
            >
              <input
                type="checkbox"
                className="size-4.5 shrink-0 accent-(--accent)"
                checked={chosen.includes(value)}
                onChange={() => onToggle(value)}
              />
              <span className="min-w-0 flex-1 break-words">{label}</span>
              <span className="amount text-sm text-muted">{count.toLocaleString()}</span>
            </label>
          </li>
        ))}
      </ul>
      {values.length > shown.length && (
        <button type="button" className={button.quiet} onClick={() => setAll(true)}>
          All {values.length}
        </button>
      )}
    </>
  );
}

function Categories({
  values,
  search,
  onSearch,
}: Omit<FacetPanelProps, 'facets' | 'currency'> & { values: FacetValue[] }) {
  const [all, setAll] = useState(false);
  const chosen = one(search.category);
  return (
    <>
      <ul>
        {values.slice(0, all ? undefined : SHOWN).map(({ value, label, count }) => (
          <li key={value}>
            <button
              type="button"
              aria-pressed={chosen === value}
              className="flex min-h-9 w-full items-center justify-between gap-3 text-left text-[0.9375rem] hover:underline aria-pressed:font-semibold"
              onClick={() =>
                onSearch({ ...search, category: chosen === value ? undefined : value })
              }
            >
              {label}
              <span className="amount text-sm text-muted">{count.toLocaleString()}</span>
            </button>
          </li>
        ))}
      </ul>
      {!all && values.length > SHOWN && (
        <button type="button" className={button.quiet} onClick={() => setAll(true)}>
          All {values.length}
        </button>
      )}
    </>
  );
}

interface PriceRangeProps {
  price: { min_minor: number; max_minor: number };
  currency: string;
  search: ListSearch;
  onSearch(search: ListSearch): void;
}

function PriceRange({ price, currency, search, onSearch }: PriceRangeProps) {
  const [wrong, setWrong] = useState(false);
  const textOf = (minor: string | undefined) => (minor ? decimalText(Number(minor), currency) : '');

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [from, to] = ['from', 'to'].map((name) => {
      const text = (form.get(name) as string).trim();
      return text ? parseMoney(text, currency) : undefined;
    });
    const bad =
      from === null || to === null || (from !== undefined && to !== undefined && from > to);
    setWrong(bad);
    if (!bad) onSearch({ ...search, price_min: from?.toString(), price_max: to?.toString() });
  }

  return (
    <form
      onSubmit={submit}
      key={`${one(search.price_min)}-${one(search.price_max)}`}
      className="flex flex-col gap-2"
    >
      <div className="flex items-center gap-2">
        <PriceInput
          name="from"
          label="Lowest price"
          value={textOf(one(search.price_min))}
          wrong={wrong}
        />
        <span aria-hidden className="text-muted">
          –
        </span>
        <PriceInput
          name="to"
          label="Highest price"
          value={textOf(one(search.price_max))}
          wrong={wrong}
        />
        <button type="submit" className={cx(button.secondary, 'px-3.5! text-sm!')}>
          Set
        </button>
      </div>
      <p
        className={cx('text-sm', wrong ? 'text-bad' : 'text-muted')}
        role={wrong ? 'alert' : undefined}
      >
        {wrong
          ? 'Type two amounts, the lower one first.'
          : `${formatMoney(price.min_minor, currency)} to ${formatMoney(price.max_minor, currency)}`}
      </p>
    </form>
  );
}

function PriceInput({
  name,
  label,
  value,
  wrong,
}: {
  name: string;
  label: string;
  value: string;
  wrong: boolean;
}) {
  return (
    <input
      name={name}
      aria-label={label}
      aria-invalid={wrong}
      inputMode="decimal"
      autoComplete="off"
      defaultValue={value}
      className="field min-w-0 flex-1 px-2.5! text-sm!"
    />
  );
}
