// Checkout on one page: contact, address, delivery, payment. Guests need no account.
import { LIMITS, type Cart, type Order, type Session, type Shop } from '@souk/shared';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button } from '../../components/Button';
import { AddressFields } from '../../components/AddressFields';
import { button } from '../../components/classes';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { Field } from '../../components/Field';
import { Notice } from '../../components/Notice';
import { Page } from '../../components/Page';
import { forgetCart, rememberCartOf, useCart } from '../../lib/cart';
import { isOpen, keepOrder } from '../../lib/orders';
import { usePageTitle } from '../../lib/page';
import { useSession } from '../../lib/session';
import { useShop } from '../../lib/shop';
import { CheckoutFailure } from './CheckoutFailure';
import { DeliveryOptions } from './DeliveryOptions';
import { PaymentFields } from './PaymentFields';
import { SavedAddresses } from './SavedAddresses';
import { Step } from './Step';
import { Summary } from './Summary';
import { useCheckout } from './useCheckout';

export function CheckoutPage() {
  const { cart, isLoading, isError, error, refetch } = useCart();
  const session = useSession();
  usePageTitle('Checkout');
  return (
    <Page title="Checkout">
      {(isLoading || (!!cart && session.isPending)) && (
        <div aria-hidden className="skeleton h-[60vh] rounded-xl" />
      )}
      {isError && !cart && <Failure error={error} retry={() => void refetch()} />}
      {!isLoading && !isError && !cart?.items.length && (
        <Empty title="Your cart is empty, so there is nothing to pay.">
          <Link to="/" className={button.primary}>
            Look around
          </Link>
        </Empty>
      )}
      {!!cart?.items.length && !session.isPending && <CheckoutForm cart={cart} />}
    </Page>
  );
}

function CheckoutForm({ cart }: { cart: Cart }) {
  const shop = useShop();
  const { data: session } = useSession();
  const navigate = useNavigate();

  function onPlaced(order: Order) {
    keepOrder(order);
    if (isOpen(order)) rememberCartOf(order.id, cart.id);
    void navigate({
      to: '/orders/$id',
      params: { id: order.id },
      search: { token: order.access_token ?? undefined },
      state: { placed: true },
      replace: true,
    }).then(forgetCart);
  }

  const checkout = useCheckout({ cart, session: session ?? null, onPlaced });
  const { form, delivery } = checkout;
  return (
    <form
      noValidate
      onSubmit={checkout.submit}
      className="grid gap-x-14 gap-y-8 lg:grid-cols-[1fr_25rem]"
    >
      <div className="row-start-2 flex max-w-2xl flex-col gap-12 lg:row-start-auto">
        <Step number={1} title="Contact">
          {!session && (
            <p className="text-[0.9375rem] text-muted">
              No account is needed. Have one?{' '}
              <Link to="/account/login" search={{ next: '/checkout' }} className="link text-ink">
                Log in
              </Link>
            </p>
          )}
          <Field
            {...form.bind('email')}
            type="email"
            label="E-mail"
            hint="The order confirmation goes there."
            autoComplete="email"
            inputMode="email"
          />
        </Step>
        <AddressStep checkout={checkout} session={session ?? null} shop={shop} />
        {delivery.needed && (
          <Step number={3} title="Delivery">
            <DeliveryOptions delivery={delivery} hasCountry={!!form.values.country} />
          </Step>
        )}
        <Step number={delivery.needed ? 4 : 3} title="Payment">
          <PaymentFields shop={shop} token={checkout.token} onToken={checkout.setToken} />
          <Field
            {...form.bind('note')}
            label="A note for the shop"
            optional
            maxLength={LIMITS.order_new.note.max}
          />
          <CheckoutFailure failure={checkout.failure} cart={cart} />
          {checkout.waiting && (
            <Notice title="Still waiting for the payment">
              It is being tried again safely: you will not be charged twice. Please keep this page
              open.
            </Notice>
          )}
          <Button
            type="submit"
            busy={checkout.busy}
            disabled={!checkout.payable}
            className="min-h-13! w-full text-lg!"
          >
            {checkout.buttonText}
          </Button>
        </Step>
      </div>
      <Summary cart={cart} />
    </form>
  );
}

interface AddressStepProps {
  checkout: ReturnType<typeof useCheckout>;
  session: Session | null;
  shop: Shop | undefined;
}

function AddressStep({ checkout, session, shop }: AddressStepProps) {
  const { form, billing, billingSame } = checkout;
  return (
    <Step number={2} title={checkout.delivery.needed ? 'Delivery address' : 'Your address'}>
      {session && <SavedAddresses form={form} />}
      <AddressFields form={form} shop={shop} section="shipping" />
      <label className="flex min-h-11 items-center gap-3">
        <input
          type="checkbox"
          className="size-5 accent-(--accent)"
          checked={billingSame}
          onChange={(event) => checkout.setBillingSame(event.target.checked)}
        />
        The invoice goes to the same address
      </label>
      {!billingSame && (
        <fieldset className="flex flex-col gap-4 border-t border-line pt-5">
          <legend className="sr-only">Invoice address</legend>
          <h3 className="font-medium">Invoice address</h3>
          <AddressFields form={billing} shop={shop} section="billing" />
        </fieldset>
      )}
    </Step>
  );
}
