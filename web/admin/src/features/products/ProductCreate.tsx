// A new product with its first variant; options and further variants follow on the page of it.
import type { AdminProduct } from '@souk/shared';
import { Create, required, SimpleForm, TextInput } from 'react-admin';
import { amountOf, countOf } from '../../lib/amount';
import { useShop } from '../../lib/shop';
import { productBody, ProductForm } from './ProductForm';

const STOCK = 'Pieces in stock';

interface NewProduct extends Partial<AdminProduct> {
  sku: string;
  price: string;
  stock: string;
}

export function ProductCreate() {
  const shop = useShop();
  if (!shop) return null;
  const { currency } = shop;
  const body = ({ sku, price, stock, ...form }: NewProduct) => ({
    ...productBody(form),
    variants: [
      {
        sku,
        price_minor: amountOf(price, currency),
        stock: countOf(stock, STOCK),
        tracked: true,
      },
    ],
  });
  return (
    <Create redirect="edit" transform={body}>
      <SimpleForm>
        <ProductForm />
        <TextInput source="sku" label="SKU" validate={required()} />
        <TextInput
          source="price"
          label={`Price in ${currency}`}
          validate={[required(), amount(currency)]}
        />
        <TextInput source="stock" label={STOCK} defaultValue="0" validate={[required(), count]} />
      </SimpleForm>
    </Create>
  );
}

/** react-admin's form of a check: the message, or nothing. */
function messageOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const amount = (currency: string) => (text: string) => messageOf(() => amountOf(text, currency));
const count = (text: string) => messageOf(() => countOf(text, STOCK));
