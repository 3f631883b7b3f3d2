// What the checkout form knows and does. The order itself is placed by placeOrder.ts.
import { ApiError, formatMoney, type Cart, type Order, type Session } from '@souk/shared';
import { useState, type FormEvent } from 'react';
import { addressOf, EMPTY_ADDRESS, missingInAddress } from '../../components/AddressFields';
import { refreshCart } from '../../lib/cart';
import { isEmail, useForm } from '../../lib/form';
import { useShop } from '../../lib/shop';
import { placeOrder } from './placeOrder';
import { useDelivery } from './useDelivery';

interface CheckoutOptions {
  cart: Cart;
  session: Session | null;
  onPlaced(order: Order): void;
}

export function useCheckout({ cart, session, onPlaced }: CheckoutOptions) {
  const shop = useShop();
  const [billingSame, setBillingSame] = useState(true);
  const [token, setToken] = useState('tok_ok');
  const [waiting, setWaiting] = useState(false);
  const soleCountry = shop?.countries.length === 1 ? shop.countries[0]?.code : undefined;

  const billing = useForm({
    id: 'billing',
    initial: EMPTY_ADDRESS,
    validate: (values) => missingInAddress(values, shop),
    onSubmit: () => Promise.resolve(),
  });
  const form = useForm({
    id: 'checkout',
    initial: {
      email: session?.user.email ?? cart.email ?? '',
      ...EMPTY_ADDRESS,
      name: session?.user.name ?? '',
      country: cart.country ?? soleCountry ?? '',
      region: cart.region ?? '',
      postcode: cart.postcode ?? '',
      note: '',
    },
    validate: (values) => ({
      ...(!isEmail(values.email) && { email: 'Enter an e-mail address, like name@example.com.' }),
      ...missingInAddress(values, shop),
    }),
    async onSubmit(values) {
      const { email, note, ...address } = values;
      try {
        const order = await placeOrder(
          {
            cart_id: cart.id,
            email: email.trim(),
            shipping_address: addressOf(address),
            ...(!billingSame && { billing_address: addressOf(billing.values) }),
            ...(cart.shipping_option && { shipping_option: cart.shipping_option }),
            expected_total_minor: cart.total_minor,
            ...(note.trim() && { note: note.trim() }),
            payment: { provider: 'test', token },
          },
          setWaiting,
        );
        onPlaced(order);
      } catch (error) {
        if (error instanceof ApiError && error.status === 409) await refreshCart();
        throw error;
      } finally {
        setWaiting(false);
      }
    },
  });
  const delivery = useDelivery(cart, form.values);
  const isReady = !delivery.busy && (!delivery.needed || cart.shipping_option !== null);

  function submit(event: FormEvent<HTMLFormElement>) {
    const missing = billingSame ? {} : missingInAddress(billing.values, shop);
    billing.setErrors(missing);
    if (Object.keys(missing).length > 0) event.preventDefault();
    else form.submit(event);
  }

  return {
    form,
    billing,
    billingSame,
    setBillingSame,
    delivery,
    token,
    setToken,
    submit,
    waiting,
    busy: form.busy || delivery.busy,
    payable: !!shop?.test_payments && (isReady || delivery.busy || !form.values.country),
    failure: form.failure,
    buttonText: form.busy
      ? 'Placing your order…'
      : isReady
        ? `Pay ${formatMoney(cart.total_minor, cart.currency)}`
        : 'Pay',
  };
}
