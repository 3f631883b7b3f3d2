// A customer's addresses, one of which fills the form.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { valuesOf, type AddressValues } from '../../components/AddressFields';
import { SelectField } from '../../components/Field';
import { addressesQuery } from '../../lib/me';
import type { Form } from '../../lib/form';

export function SavedAddresses<V extends AddressValues>({ form }: { form: Form<V> }) {
  const { data: addresses = [] } = useQuery(addressesQuery);
  const filled = useRef(false);
  const take = (id: string) => {
    const address = addresses.find((one) => one.id === id);
    if (address) form.set(valuesOf(address) as Partial<V>);
  };
  useEffect(() => {
    const usual = addresses.find(({ is_default }) => is_default) ?? addresses[0];
    if (!usual || filled.current || form.values.line1) return;
    filled.current = true;
    form.set(valuesOf(usual) as Partial<V>);
  }, [addresses, form]);
  if (addresses.length === 0) return null;
  const current = addresses.find(
    ({ line1, name }) => line1 === form.values.line1 && name === form.values.name,
  );
  return (
    <SelectField
      id="saved-address"
      name="saved-address"
      label="Your addresses"
      error={undefined}
      value={current?.id ?? ''}
      onValue={take}
    >
      <option value="">Another address</option>
      {addresses.map(({ id, name, line1, city }) => (
        <option key={id} value={id}>
          {name}, {line1}, {city}
        </option>
      ))}
    </SelectField>
  );
}
