// The catalogue, also what is not on sale.
import { useMediaQuery, type Theme } from '@mui/material';
import { formatMoney, type ProductSummary } from '@souk/shared';
import {
  Datagrid,
  FunctionField,
  List,
  NumberField,
  SearchInput,
  SelectInput,
  SimpleList,
  TextField,
  useResourceDefinition,
} from 'react-admin';
import { MoneyField } from '../../components/MoneyField';
import { Thumb } from '../../components/Thumb';
import { SUMMARIES } from '../../lib/dataProvider';
import { STATUSES, statusWord } from '../../lib/format';

const filters = [
  <SearchInput key="q" source="q" alwaysOn />,
  <SelectInput key="status" source="status" alwaysOn choices={STATUSES} />,
];

export function ProductList() {
  const isNarrow = useMediaQuery<Theme>((theme) => theme.breakpoints.down('md'));
  const { hasEdit } = useResourceDefinition();
  const page = hasEdit ? 'edit' : 'show';
  return (
    <List filters={filters} exporter={false} queryOptions={{ meta: SUMMARIES }}>
      {isNarrow ? <ProductCards page={page} /> : <ProductTable page={page} />}
    </List>
  );
}

interface PageProps {
  page: 'edit' | 'show';
}

const ProductCards = ({ page }: PageProps) => (
  <SimpleList<ProductSummary>
    linkType={page}
    leftAvatar={() => <Thumb />}
    primaryText={(product) => product.title}
    secondaryText={({ status, price_minor, currency }) =>
      [statusWord(status), price_minor !== null && formatMoney(price_minor, currency)]
        .filter(Boolean)
        .join(', ')
    }
  />
);

const ProductTable = ({ page }: PageProps) => (
  <Datagrid rowClick={page} bulkActionButtons={false}>
    <Thumb label="Picture" />
    <TextField source="title" label="Title" sortable={false} />
    <TextField source="brand" label="Brand" sortable={false} />
    <FunctionField label="Status" render={({ status }: ProductSummary) => statusWord(status)} />
    <NumberField source="variant_count" label="Variants" sortable={false} />
    <MoneyField source="price_minor" label="Price from" textAlign="right" />
  </Datagrid>
);
