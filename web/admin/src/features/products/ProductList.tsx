// The catalogue, also what is not on sale.
import type { Product } from '@souk/shared';
import { Datagrid, FunctionField, List, SearchInput, SelectInput, TextField } from 'react-admin';
import { MoneyField } from '../../components/MoneyField';
import { Thumb } from '../../components/Thumb';
import { STATUSES } from './ProductForm';

const filters = [
  <SearchInput key="q" source="q" alwaysOn />,
  <SelectInput key="status" source="status" alwaysOn choices={STATUSES} />,
];

export const ProductList = () => (
  <List filters={filters} exporter={false}>
    <Datagrid rowClick="show" bulkActionButtons={false}>
      <Thumb label="Picture" />
      <TextField source="title" label="Title" sortable={false} />
      <TextField source="brand" label="Brand" sortable={false} />
      <TextField source="status" label="Status" sortable={false} />
      <FunctionField label="Variants" render={(product: Product) => product.variants.length} />
      <FunctionField label="Available" render={availableText} />
      <MoneyField source="price_minor" label="Price from" textAlign="right" />
    </Datagrid>
  </List>
);

function availableText({ variants }: Product): string {
  const tracked = variants.filter(({ available }) => available !== null);
  if (tracked.length === 0) return 'not counted';
  return tracked.reduce((sum, { available }) => sum + (available ?? 0), 0).toLocaleString();
}
