// A product to look at.
import type { AdminProduct } from '@souk/shared';
import { FunctionField, Show, SimpleShowLayout, TextField } from 'react-admin';
import { Thumb } from '../../components/Thumb';
import { VariantTable } from './VariantTable';

export const ProductShow = () => (
  <Show>
    <SimpleShowLayout>
      <Thumb label="Picture" />
      <TextField source="title" />
      <TextField source="handle" />
      <TextField source="status" />
      <TextField source="brand" emptyText="none" />
      <TextField source="type" emptyText="none" />
      <FunctionField
        label="Departments"
        render={(one: AdminProduct) => one.categories.join(', ')}
      />
      <FunctionField label="Tags" render={(one: AdminProduct) => one.tags.join(', ')} />
    </SimpleShowLayout>
    <VariantTable />
  </Show>
);
