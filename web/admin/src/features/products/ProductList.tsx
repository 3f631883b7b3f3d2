// The catalogue, also what is not on sale.
import { Datagrid, List, NumberField, SearchInput, SelectInput, TextField } from 'react-admin';
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
      <NumberField source="variant_count" label="Variants" sortable={false} />
      <MoneyField source="price_minor" label="Price from" textAlign="right" />
    </Datagrid>
  </List>
);
