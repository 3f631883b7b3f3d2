// The choices of a product: radio buttons, so arrows, Tab and a screen reader work as people know
// them.
import type { Product, Variant } from '@souk/shared';
import { cx } from '../../components/classes';
import { isOffered, valueOf, variantWith } from './variants';

interface OptionPickerProps {
  product: Product;
  variant: Variant | undefined;
  onVariant(variant: Variant): void;
}

const SELECT_FROM = 13;

export function OptionPicker({ product, variant, onVariant }: OptionPickerProps) {
  const options = product.options.filter(({ values }) => values.length > 0);
  if (product.variants.length < 2 && options.every(({ values }) => values.length < 2)) return null;
  const choose = (name: string, value: string) => {
    const next = variantWith(product, variant, name, value);
    if (next) onVariant(next);
  };
  return (
    <div className="flex flex-col gap-5">
      {options.map(({ name, values }) => (
        <fieldset key={name} className="min-w-0">
          <legend className="mb-2 text-[0.9375rem]">
            <span className="font-medium">{name}</span>{' '}
            <span className="text-muted">{valueOf(variant, name)}</span>
          </legend>
          {values.length < SELECT_FROM ? (
            <div className="flex flex-wrap gap-2">
              {values.map((value) => (
                <Choice
                  key={value}
                  name={`option-${name}`}
                  value={value}
                  checked={valueOf(variant, name) === value}
                  offered={isOffered(product, variant, name, value)}
                  onChoose={() => choose(name, value)}
                />
              ))}
            </div>
          ) : (
            <select
              aria-label={name}
              className="field"
              value={valueOf(variant, name)}
              onChange={(event) => choose(name, event.target.value)}
            >
              {values.map((value) => (
                <option key={value} value={value}>
                  {value}
                  {!isOffered(product, variant, name, value) && ' – not in this combination'}
                </option>
              ))}
            </select>
          )}
        </fieldset>
      ))}
    </div>
  );
}

interface ChoiceProps {
  name: string;
  value: string;
  checked: boolean;
  offered: boolean;
  onChoose(): void;
}

function Choice({ name, value, checked, offered, onChoose }: ChoiceProps) {
  return (
    <label
      className={cx(
        'relative inline-flex min-h-11 min-w-11 items-center justify-center rounded-full border px-4 text-[0.9375rem]',
        'has-focus-visible:outline-2 has-focus-visible:outline-offset-3 has-focus-visible:outline-accent',
        checked ? 'border-ink bg-ink text-paper' : 'border-edge hover:border-ink',
        !offered && !checked && 'text-muted line-through decoration-1',
      )}
    >
      <input
        type="radio"
        name={name}
        value={value}
        checked={checked}
        onChange={onChoose}
        className="sr-only"
      />
      {value}
      {!offered && <span className="sr-only"> (sold out)</span>}
    </label>
  );
}
