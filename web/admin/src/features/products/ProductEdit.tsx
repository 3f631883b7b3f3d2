// A product's words in a form, its variants in a table below.
import type { Product } from '@souk/shared';
import { DeleteWithConfirmButton, Edit, SaveButton, SimpleForm, Toolbar } from 'react-admin';
import { productBody, ProductForm } from './ProductForm';
import { VariantTable } from './VariantTable';

export const ProductEdit = () => (
  <Edit
    mutationMode="pessimistic"
    redirect={false}
    transform={(form: Partial<Product>) => productBody(form)}
  >
    <SimpleForm toolbar={<EditToolbar />}>
      <ProductForm />
    </SimpleForm>
    <VariantTable editable />
  </Edit>
);

const EditToolbar = () => (
  <Toolbar sx={{ justifyContent: 'space-between' }}>
    <SaveButton />
    <DeleteWithConfirmButton
      label="Archive"
      confirmTitle="Take this product off sale?"
      confirmContent="Its page disappears from the shop. Orders keep it, and it can be made active again."
    />
  </Toolbar>
);
