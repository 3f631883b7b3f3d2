// A product to look at.
import type { AdminProduct } from '@souk/shared';
import { FunctionField, Show, SimpleShowLayout, TextField } from 'react-admin';
import { Pictures } from './Pictures';
import { statusWord } from '../../lib/format';
import { VariantTable } from './VariantTable';

export const ProductShow = () => (
  <Show>
    <Pictures />
    <SimpleShowLayout>
      <TextField source="title" />
      <TextField source="handle" />
      <FunctionField label="Status" render={({ status }: AdminProduct) => statusWord(status)} />
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
