// The fields of a postal address, bound to a form; what a country has no use for is not asked.
import { LIMITS, type PostalAddress, type Shop } from '@souk/shared';
import { required, type Errors, type Form, type Values } from '../lib/form';
import { Field, SelectField } from './Field';

export const EMPTY_ADDRESS = {
  name: '',
  company: '',
  line1: '',
  line2: '',
  city: '',
  region: '',
  postcode: '',
  country: '',
  phone: '',
};

export type AddressValues = typeof EMPTY_ADDRESS;

const WITHOUT_POSTCODE = new Set(
  'AE AG AO BF BJ BS BW CI CM FJ GH HK IE JM ML MO PA QA RW UG YE ZW'.split(' '),
);

export function regionsOf(shop: Shop | undefined, country: string) {
  return shop?.countries.find(({ code }) => code === country)?.regions ?? [];
}

export function missingInAddress(values: Values, shop: Shop | undefined): Errors {
  const country = values.country ?? '';
  return required(values, {
    name: 'the name of the person who receives it',
    line1: 'the street and house number',
    city: 'the town or city',
    country: 'the country',
    ...(!WITHOUT_POSTCODE.has(country) && { postcode: 'the postcode' }),
    ...(regionsOf(shop, country).length > 0 && { region: 'the state or region' }),
  });
}

export function addressOf(values: AddressValues): PostalAddress {
  const text = (value: string) => value.trim() || null;
  return {
    name: values.name.trim(),
    company: text(values.company),
    line1: values.line1.trim(),
    line2: text(values.line2),
    city: values.city.trim(),
    region: text(values.region),
    postcode: text(values.postcode),
    country: values.country,
    phone: text(values.phone),
  };
}

export function valuesOf(address: PostalAddress): AddressValues {
  const entries = Object.keys(EMPTY_ADDRESS).map((name) => [
    name,
    address[name as keyof AddressValues] ?? '',
  ]);
  return Object.fromEntries(entries) as AddressValues;
}

interface Line {
  name: keyof AddressValues;
  label: string;
  autofill: string;
  optional?: boolean;
  look?: string;
}

const WIDE = 'col-span-6';

const LINES: Line[] = [
  { name: 'name', label: 'Full name', autofill: 'name' },
  { name: 'company', label: 'Company', autofill: 'organization', optional: true },
  { name: 'line1', label: 'Street and number', autofill: 'address-line1' },
  { name: 'line2', label: 'Flat, floor, building', autofill: 'address-line2', optional: true },
  { name: 'postcode', label: 'Postcode', autofill: 'postal-code', look: 'col-span-2' },
  { name: 'city', label: 'Town or city', autofill: 'address-level2', look: 'col-span-4' },
];

interface AddressFieldsProps<V extends AddressValues> {
  form: Form<V>;
  shop: Shop | undefined;
  /** "shipping" or "billing", for the browser's autofill. */
  section: string;
}

export function AddressFields<V extends AddressValues>({
  form,
  shop,
  section,
}: AddressFieldsProps<V>) {
  const country = form.bind('country');
  function onCountry(code: string) {
    country.onValue(code);
    form.set({ region: '' } as Partial<V>);
  }
  const isOptional = (line: Line) =>
    line.optional || (line.name === 'postcode' && WITHOUT_POSTCODE.has(form.values.country));
  return (
    <div className="grid grid-cols-6 gap-x-3 gap-y-4 sm:gap-x-4">
      <SelectField
        {...country}
        onValue={onCountry}
        label="Country"
        autoComplete={`${section} country`}
        className={WIDE}
      >
        <Choices first="Choose a country" choices={shop?.countries ?? []} />
      </SelectField>
      {LINES.map((line) => (
        <Field
          key={line.name}
          {...form.bind(line.name)}
          label={line.label}
          optional={isOptional(line)}
          maxLength={LIMITS.address[line.name].max}
          autoComplete={`${section} ${line.autofill}`}
          className={line.look ?? WIDE}
        />
      ))}
      {regionsOf(shop, form.values.country).length > 0 && (
        <SelectField
          {...form.bind('region')}
          label="State or region"
          autoComplete={`${section} address-level1`}
          className={WIDE}
        >
          <Choices first="Choose a region" choices={regionsOf(shop, form.values.country)} />
        </SelectField>
      )}
      <Field
        {...form.bind('phone')}
        type="tel"
        maxLength={LIMITS.address.phone.max}
        label="Phone"
        optional
        hint="Only for questions about the delivery."
        autoComplete={`${section} tel`}
        className={WIDE}
      />
    </div>
  );
}

function Choices({ first, choices }: { first: string; choices: { code: string; name: string }[] }) {
  return (
    <>
      <option value="">{first}</option>
      {choices.map(({ code, name }) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </>
  );
}
