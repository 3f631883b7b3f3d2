// The ways to send it to the address typed.
import { formatMoney } from '@souk/shared';
import { Failure } from '../../components/Failure';
import { Notice } from '../../components/Notice';
import { RadioCard } from '../../components/RadioCard';
import type { Delivery } from './useDelivery';

export function DeliveryOptions({
  delivery,
  hasCountry,
}: {
  delivery: Delivery;
  hasCountry: boolean;
}) {
  const { options, error, busy } = delivery;
  if (!hasCountry)
    return <p className="text-muted">Choose a country above to see what delivery costs.</p>;
  if (error) return <Failure error={error} retry={delivery.retry} />;
  if (!options) return <div aria-hidden className="skeleton h-16 rounded-xl" />;
  if (options.length === 0 && !busy) {
    return (
      <Notice tone="warn" title="The shop does not send to this address">
        Try another address.
      </Notice>
    );
  }
  return (
    <fieldset className="flex flex-col gap-2.5">
      <legend className="sr-only">Delivery</legend>
      {options.map(({ code, name, estimate, price_minor, currency }) => (
        <RadioCard
          key={code}
          name="shipping_option"
          value={code}
          title={name}
          text={estimate}
          aside={price_minor === 0 ? 'Free' : formatMoney(price_minor, currency)}
          checked={delivery.chosen === code}
          onChoose={() => delivery.choose(code)}
        />
      ))}
    </fieldset>
  );
}
