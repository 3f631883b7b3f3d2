// Products in the dashboard. Without the catalogue role they can be looked at.
import Inventory2 from '@mui/icons-material/Inventory2';
import { ProductCreate } from './ProductCreate';
import { ProductEdit } from './ProductEdit';
import { ProductList } from './ProductList';
import { ProductShow } from './ProductShow';

export const products = (editable: boolean) => ({
  name: 'products',
  icon: Inventory2,
  list: ProductList,
  show: ProductShow,
  recordRepresentation: 'title',
  ...(editable && { edit: ProductEdit, create: ProductCreate }),
});
