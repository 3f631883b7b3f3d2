// A customer's address book.
import type { Address } from '@souk/shared';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  AddressFields,
  addressOf,
  EMPTY_ADDRESS,
  missingInAddress,
  valuesOf,
} from '../../components/AddressFields';
import { AddressText } from '../../components/AddressText';
import { Button } from '../../components/Button';
import { card, cx } from '../../components/classes';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { useForm } from '../../lib/form';
import { addressesQuery, useDeleteAddress, useSaveAddress } from '../../lib/me';
import { usePageTitle } from '../../lib/page';
import { useShop } from '../../lib/shop';

export function AddressesPage() {
  const { data: addresses, isPending, error, refetch } = useQuery(addressesQuery);
  const [editing, setEditing] = useState<Address | 'new' | null>(null);
  usePageTitle('Your addresses');
  if (isPending) return <div aria-hidden className="skeleton h-40 rounded-xl" />;
  if (!addresses) return <Failure error={error} retry={() => void refetch()} />;
  if (editing)
    return (
      <AddressForm address={editing === 'new' ? null : editing} onDone={() => setEditing(null)} />
    );
  return (
    <section>
      <div className="mb-5 flex items-center justify-between gap-4">
        <h2 className="text-heading">Addresses</h2>
        <Button kind="secondary" onClick={() => setEditing('new')}>
          Add an address
        </Button>
      </div>
      {addresses.length === 0 && (
        <Empty title="No address is kept yet. One saved here fills the checkout." />
      )}
      <ul className="grid gap-4 sm:grid-cols-2">
        {addresses.map((address) => (
          <li key={address.id}>
            <AddressCard address={address} onEdit={() => setEditing(address)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function AddressCard({ address, onEdit }: { address: Address; onEdit(): void }) {
  const remove = useDeleteAddress();
  const save = useSaveAddress();
  return (
    <div className={cx(card, 'flex h-full flex-col gap-3 p-5')}>
      {address.is_default && (
        <p className="text-sm font-medium text-good">Used first at checkout</p>
      )}
      <AddressText address={address} />
      {(remove.isError || save.isError) && <Failure error={remove.error ?? save.error} />}
      <div className="mt-auto flex flex-wrap gap-x-5">
        <Button kind="quiet" onClick={onEdit}>
          Change<span className="sr-only"> {address.line1}</span>
        </Button>
        {!address.is_default && (
          <Button
            kind="quiet"
            busy={save.isPending}
            onClick={() => save.mutate({ id: address.id, body: { is_default: true } })}
          >
            Use first<span className="sr-only"> {address.line1}</span>
          </Button>
        )}
        <Button kind="quiet" busy={remove.isPending} onClick={() => remove.mutate(address.id)}>
          Remove<span className="sr-only"> {address.line1}</span>
        </Button>
      </div>
    </div>
  );
}

function AddressForm({ address, onDone }: { address: Address | null; onDone(): void }) {
  const shop = useShop();
  const save = useSaveAddress();
  const form = useForm({
    id: 'address',
    initial: address ? valuesOf(address) : EMPTY_ADDRESS,
    validate: (values) => missingInAddress(values, shop),
    async onSubmit(values) {
      await save.mutateAsync({ id: address?.id ?? null, body: addressOf(values) });
      onDone();
    },
  });
  return (
    <form noValidate onSubmit={form.submit} className="flex max-w-2xl flex-col gap-5">
      <h2 className="text-heading">{address ? 'Change the address' : 'A new address'}</h2>
      <AddressFields form={form} shop={shop} section="shipping" />
      {!!form.failure && <Failure error={form.failure} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" busy={form.busy}>
          Save
        </Button>
        <Button kind="secondary" onClick={onDone}>
          Leave it as it was
        </Button>
      </div>
    </form>
  );
}
