// A new product; its variants follow on the page that opens next.
import type { Product } from '@souk/shared';
import { Create, SimpleForm } from 'react-admin';
import { productBody, ProductForm } from './ProductForm';

export const ProductCreate = () => (
  <Create redirect="edit" transform={(form: Partial<Product>) => productBody(form)}>
    <SimpleForm>
      <ProductForm />
    </SimpleForm>
  </Create>
);
