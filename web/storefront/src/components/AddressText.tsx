// A postal address as people write it on an envelope.
import type { PostalAddress } from '@souk/shared';
import { useShop } from '../lib/shop';

export function AddressText({ address }: { address: PostalAddress }) {
  const shop = useShop();
  const country =
    shop?.countries.find(({ code }) => code === address.country)?.name ?? address.country;
  const town = [address.postcode, address.city, address.region].filter(Boolean).join(' ');
  const lines = [
    address.name,
    address.company,
    address.line1,
    address.line2,
    town,
    country,
    address.phone,
  ];
  return (
    <address className="leading-relaxed not-italic">
      {lines.filter(Boolean).map((line, index) => (
        <span key={index} className="block">
          {line}
        </span>
      ))}
    </address>
  );
}
