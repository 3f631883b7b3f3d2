// The fields of a product that are written in words. Prices and stock are in VariantTable.tsx.
import { Box } from '@mui/material';
import type { AdminProduct } from '@souk/shared';
import { BooleanInput, required, SelectInput, TextArrayInput, TextInput } from 'react-admin';
import { STATUSES } from '../../lib/format';

const FIELDS = [
  'title',
  'handle',
  'description_html',
  'brand',
  'type',
  'tags',
  'categories',
  'status',
  'published',
  'seo_title',
  'seo_description',
] as const;

/**
 * What may be written, and nothing else: the server refuses a field that it does not know. An
 * emptied field is null, but there is no product without a handle: the one it had is kept.
 */
export function productBody(form: Partial<AdminProduct>): Record<string, unknown> {
  const names = FIELDS.filter((name) => form[name] !== undefined);
  const entries = names
    .filter((name) => name !== 'handle' || form.handle)
    .map((name) => [name, form[name] === '' ? null : form[name]]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

const SIDES = {
  width: '100%',
  display: 'grid',
  columnGap: 4,
  alignItems: 'start',
  gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: '2fr minmax(0, 1fr)' },
};

/** Beside each other on a wide window: what the shopper reads, and where the product belongs. */
export const ProductForm = () => (
  <Box sx={SIDES}>
    <div>
      <TextInput source="title" validate={required()} />
      <TextInput source="description_html" label="Description (HTML)" multiline minRows={7} />
      <TextInput source="seo_title" label="Title for search engines" />
      <TextInput source="seo_description" label="Description for search engines" multiline />
      <TextInput
        source="handle"
        helperText="The end of the page's address. Left empty, it comes from the title."
      />
    </div>
    <div>
      <SelectInput source="status" choices={STATUSES} defaultValue="draft" validate={required()} />
      <BooleanInput source="published" label="Shown in the shop" defaultValue={true} />
      <TextInput source="brand" />
      <TextInput source="type" />
      <TextArrayInput source="tags" />
      <TextArrayInput
        source="categories"
        label="Departments"
        helperText="The whole path: Home > Kitchen. One that does not exist yet is created."
      />
    </div>
  </Box>
);
