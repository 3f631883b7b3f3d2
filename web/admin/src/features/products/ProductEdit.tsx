// A product's words in a form, its variants in a table below.
import type { AdminProduct } from '@souk/shared';
import { DeleteWithConfirmButton, Edit, SaveButton, SimpleForm, Toolbar } from 'react-admin';
import { Pictures } from './Pictures';
import { productBody, ProductForm } from './ProductForm';
import { VariantTable } from './VariantTable';

/** The version that was read goes along: who was slower is told, instead of undoing another's work. */
const changes = (form: Partial<AdminProduct>) => ({ ...productBody(form), version: form.version });

export const ProductEdit = () => (
  <Edit mutationMode="pessimistic" redirect={false} transform={changes}>
    <Pictures />
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
