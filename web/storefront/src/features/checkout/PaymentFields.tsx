// How to pay. In test mode the card is one of the test provider's, which say beforehand how they
// will behave.
import type { Shop } from '@souk/shared';
import { Notice } from '../../components/Notice';
import { RadioCard } from '../../components/RadioCard';

const TEST_CARDS = [
  { token: 'tok_ok', title: 'Test card that pays', text: null },
  { token: 'tok_declined', title: 'Test card that is declined', text: null },
  { token: 'tok_slow', title: 'Test card that takes its time', text: 'Answers after 1.5 seconds.' },
  { token: 'tok_timeout', title: 'Test card without an answer', text: 'Nothing is charged.' },
  {
    token: 'tok_charged_timeout',
    title: 'Test card charged without an answer',
    text: 'The shop finds out by itself.',
  },
  {
    token: 'tok_down',
    title: 'Payment provider is down',
    text: 'The order is accepted and paid later.',
  },
];

interface PaymentFieldsProps {
  shop: Shop | undefined;
  token: string;
  onToken(token: string): void;
}

export function PaymentFields({ shop, token, onToken }: PaymentFieldsProps) {
  if (!shop) return <div aria-hidden className="skeleton h-40 rounded-xl" />;
  if (!shop.test_payments) {
    return (
      <Notice tone="warn" title="This shop takes no payments at the moment">
        Your cart is kept.
      </Notice>
    );
  }
  const [first, ...rest] = TEST_CARDS.map((one) => (
    <RadioCard
      key={one.token}
      name="payment"
      value={one.token}
      title={one.title}
      text={one.text}
      checked={token === one.token}
      onChoose={() => onToken(one.token)}
    />
  ));
  return (
    <fieldset className="flex flex-col gap-2.5">
      <legend className="mb-3 text-[0.9375rem] text-muted">
        The shop is in test mode: no real card is charged.
      </legend>
      {first}
      <details className="group" open={token !== 'tok_ok' || undefined}>
        <summary className="link inline-flex min-h-11 list-none items-center text-[0.9375rem] text-muted">
          Cards that fail, to try it out
        </summary>
        <div className="flex flex-col gap-2.5 pt-1.5">{rest}</div>
      </details>
    </fieldset>
  );
}
