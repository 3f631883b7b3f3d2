// A code for a discount: entered, in force, taken out again.
import { formatMoney, isTransient, type Cart } from '@souk/shared';
import { X } from 'lucide-react';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { useAddCoupon, useRemoveCoupon } from '../../lib/cart';
import { required, sentence, useForm } from '../../lib/form';

export function CouponBox({ cart }: { cart: Cart }) {
  const add = useAddCoupon();
  const remove = useRemoveCoupon();
  const form = useForm({
    id: 'coupon',
    initial: { code: '' },
    validate: (values) => required(values, { code: 'a code' }),
    async onSubmit({ code }) {
      await add.mutateAsync(code.trim());
      form.set({ code: '' });
    },
  });
  const { id, value, error, onValue } = form.bind('code');
  const wrong =
    error ??
    (form.failure && !isTransient(form.failure) ? sentence((form.failure as Error).message) : null);
  return (
    <div className="flex flex-col gap-3">
      {cart.coupons.length > 0 && (
        <ul className="flex flex-col gap-2">
          {cart.coupons.map(({ code, kind, detail, discount_minor }) => (
            <li
              key={code}
              className="flex items-center justify-between gap-3 rounded-lg bg-good-wash py-1 pr-1 pl-3.5"
            >
              <span className="min-w-0 text-sm text-good">
                <strong className="font-semibold">{code}</strong>{' '}
                {detail ||
                  (kind === 'free_shipping'
                    ? 'free delivery'
                    : `−${formatMoney(discount_minor, cart.currency)}`)}
              </span>
              <button
                type="button"
                className="grid size-10 place-items-center text-good"
                disabled={remove.isPending}
                onClick={() => remove.mutate(code)}
              >
                <X aria-hidden className="size-4" />
                <span className="sr-only">Remove the code {code}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <form noValidate onSubmit={form.submit} className="flex flex-col gap-1.5">
        <label htmlFor={id} className="text-sm font-medium">
          Discount code
        </label>
        <div className="flex gap-2">
          <input
            id={id}
            className="field min-w-0 uppercase placeholder:normal-case"
            autoComplete="off"
            autoCapitalize="characters"
            value={value}
            aria-invalid={!!wrong}
            aria-describedby={wrong ? `${id}-error` : undefined}
            onChange={(event) => onValue(event.target.value)}
          />
          <Button type="submit" kind="secondary" busy={form.busy} className="px-5!">
            Apply
          </Button>
        </div>
        {wrong && (
          <p id={`${id}-error`} role="alert" className="text-sm text-bad">
            {wrong}
          </p>
        )}
        {isTransient(form.failure) && <Failure error={form.failure} />}
      </form>
    </div>
  );
}
