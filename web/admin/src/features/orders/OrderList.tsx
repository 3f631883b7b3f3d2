// Orders, newest first, by state or by what is known of one (number, e-mail, name).
import { Datagrid, FunctionField, List, SearchInput, SelectInput, TextField } from 'react-admin';
import type { Order } from '@souk/shared';
import { MoneyField } from '../../components/MoneyField';
import { StateChip } from '../../components/StateChip';
import { formatMoment, STATES } from '../../lib/format';

const filters = [
  <SearchInput key="q" source="q" alwaysOn />,
  <SelectInput
    key="state"
    source="state"
    alwaysOn
    choices={Object.entries(STATES).map(([id, { name }]) => ({ id, name }))}
  />,
];

export const OrderList = () => (
  <List filters={filters} exporter={false} sort={{ field: 'placed_at', order: 'DESC' }}>
    <Datagrid rowClick="show" bulkActionButtons={false}>
      <TextField source="number" label="Number" sortable={false} />
      <FunctionField label="Placed" render={(order: Order) => formatMoment(order.placed_at)} />
      <TextField source="email" label="E-mail" sortable={false} />
      <StateChip label="State" />
      <MoneyField source="total_minor" label="Total" textAlign="right" />
    </Datagrid>
  </List>
);
