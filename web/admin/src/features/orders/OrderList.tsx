// Orders, newest first, by state or by what is known of one (number, e-mail, name).
import { Box, useMediaQuery, type Theme } from '@mui/material';
import {
  Datagrid,
  FunctionField,
  List,
  SearchInput,
  SelectInput,
  SimpleList,
  TextField,
} from 'react-admin';
import { formatMoney, type Order } from '@souk/shared';
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

export const OrderList = () => {
  const isNarrow = useMediaQuery<Theme>((theme) => theme.breakpoints.down('md'));
  return (
    <List filters={filters} exporter={false} sort={{ field: 'placed_at', order: 'DESC' }}>
      {isNarrow ? <OrderCards /> : <OrderTable />}
    </List>
  );
};

const OrderCards = () => (
  <SimpleList<Order>
    linkType="show"
    primaryText={(order) => (
      <Box component="span" sx={{ display: 'flex', gap: 1.5, alignItems: 'center' }}>
        {order.number} <StateChip />
        <Box component="span" sx={{ ml: 'auto' }}>
          {formatMoney(order.total_minor, order.currency)}
        </Box>
      </Box>
    )}
    secondaryText={(order) => `${formatMoment(order.placed_at)}, ${order.email}`}
  />
);

const OrderTable = () => (
  <Datagrid rowClick="show" bulkActionButtons={false}>
    <TextField source="number" label="Number" sortable={false} />
    <FunctionField label="Placed" render={(order: Order) => formatMoment(order.placed_at)} />
    <TextField source="email" label="E-mail" sortable={false} />
    <StateChip label="State" />
    <MoneyField source="total_minor" label="Total" textAlign="right" />
  </Datagrid>
);
