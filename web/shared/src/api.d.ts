// Written by shared/generate.js out of api/openapi.json. Do not edit.
export interface paths {
    "/api/v1/admin/categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the categories. */
        get: operations["admin_category_list"];
        put?: never;
        /** Add a category. */
        post: operations["admin_category_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/categories/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a category without others in it. */
        delete: operations["admin_category_delete"];
        options?: never;
        head?: never;
        /** Change or move a category. */
        patch: operations["admin_category_change"];
        trace?: never;
    };
    "/api/v1/admin/coupons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List coupons. */
        get: operations["coupon_list"];
        put?: never;
        /** Add a coupon. */
        post: operations["coupon_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/coupons/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a coupon that was never used. */
        delete: operations["coupon_delete"];
        options?: never;
        head?: never;
        /** Change a coupon. */
        patch: operations["coupon_change"];
        trace?: never;
    };
    "/api/v1/admin/images/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a picture away. */
        delete: operations["admin_image_delete"];
        options?: never;
        head?: never;
        /** Describe or move a picture. */
        patch: operations["admin_image_change"];
        trace?: never;
    };
    "/api/v1/admin/mails": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Mails, the newest first. */
        get: operations["admin_mail_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/mails/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One mail. */
        get: operations["admin_mail_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/mails/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a mail again. */
        post: operations["admin_mail_resend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List and find orders. */
        get: operations["order_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an order. */
        get: operations["order_show_staff"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/orders/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel an order: money and stock go back, a hold on money is released. */
        post: operations["order_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/orders/{id}/capture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Capture what was authorized, or a part of it. */
        post: operations["order_capture"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/orders/{id}/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give back all that was paid. */
        post: operations["order_refund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/outbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Events whose delivery was given up, of all services. */
        get: operations["admin_outbox_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/outbox/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give an event all its attempts again. */
        post: operations["admin_outbox_retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List products, also drafts and archived ones. */
        get: operations["admin_product_list"];
        put?: never;
        /** Add a product. */
        post: operations["admin_product_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/products/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a product as the staff see it. */
        get: operations["admin_product_show"];
        put?: never;
        post?: never;
        /** Archive a product; orders keep it. */
        delete: operations["admin_product_archive"];
        options?: never;
        head?: never;
        /** Change a product. */
        patch: operations["admin_product_change"];
        trace?: never;
    };
    "/api/v1/admin/products/{id}/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add a picture: JPEG, PNG or WebP as the body. */
        post: operations["admin_image_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/products/{id}/variants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add a variant to a product. */
        post: operations["admin_variant_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/reports/sales": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was sold in a span of time, by currency. */
        get: operations["sales_report"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/reports/sales.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as a table for spreadsheets. */
        get: operations["sales_report_csv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/shipping-zones": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List shipping zones. */
        get: operations["shipping_zone_list"];
        put?: never;
        /** Add a shipping zone. */
        post: operations["shipping_zone_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/shipping-zones/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a shipping zone. */
        delete: operations["shipping_zone_delete"];
        options?: never;
        head?: never;
        /** Change a shipping zone. */
        patch: operations["shipping_zone_change"];
        trace?: never;
    };
    "/api/v1/admin/shop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the shop's facts. */
        patch: operations["shop_change"];
        trace?: never;
    };
    "/api/v1/admin/stock/{sku}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a stock level and its movements. */
        get: operations["stock_show"];
        /** Set how many are there. */
        put: operations["stock_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stock/{sku}/adjustments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add or take away pieces. */
        post: operations["stock_adjust"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/tax-rates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List tax rates. */
        get: operations["tax_rate_list"];
        put?: never;
        /** Add a tax rate. */
        post: operations["tax_rate_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/tax-rates/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a tax rate. */
        delete: operations["tax_rate_delete"];
        options?: never;
        head?: never;
        /** Change a tax rate. */
        patch: operations["tax_rate_change"];
        trace?: never;
    };
    "/api/v1/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Users, the newest first. */
        get: operations["admin_user_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Give a user other roles. */
        put: operations["admin_user_roles"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/variants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a variant away; orders keep it. */
        delete: operations["admin_variant_delete"];
        options?: never;
        head?: never;
        /** Change a variant. */
        patch: operations["admin_variant_change"];
        trace?: never;
    };
    "/api/v1/admin/variants/{id}/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set the prices of a variant in all currencies. */
        put: operations["admin_prices_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/carts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a cart. */
        post: operations["cart_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/carts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a cart. */
        get: operations["cart_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the currency, or say where the cart goes to. */
        patch: operations["cart_change"];
        trace?: never;
    };
    "/api/v1/carts/{id}/coupons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Use a coupon. */
        post: operations["cart_coupon_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/carts/{id}/coupons/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a coupon out of the cart. */
        delete: operations["cart_coupon_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/carts/{id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put something into the cart. */
        post: operations["cart_item_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/carts/{id}/items/{item_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a line out of the cart. */
        delete: operations["cart_item_remove"];
        options?: never;
        head?: never;
        /** Change how many. */
        patch: operations["cart_item_change"];
        trace?: never;
    };
    "/api/v1/carts/{id}/shipping-options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List how the cart can be sent. */
        get: operations["cart_shipping_options"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the categories in tree order. */
        get: operations["category_list_public"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/email-verifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Finish a registration with the mailed token, and log in. */
        post: operations["email_verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Order what is in a cart. */
        post: operations["order_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an order to its customer, or to who has its token. */
        get: operations["order_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow an order to the end of its checkout. */
        get: operations["order_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/password-resets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask for a mail to choose a new password. */
        post: operations["password_reset_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/password-resets/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Choose a new password; ends all sessions. */
        post: operations["password_reset_use"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List, search and filter products, with counts. */
        get: operations["product_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/products/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Complete what is being typed. */
        get: operations["product_suggestions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/products/{handle}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a product. */
        get: operations["product_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Log in. */
        post: operations["session_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is logged in. */
        get: operations["session_show"];
        put?: never;
        post?: never;
        /** Log out. */
        delete: operations["session_delete_current"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show the shop's name, currencies, countries and payment providers. */
        get: operations["shop_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Register; a mail follows. */
        post: operations["user_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own account. */
        get: operations["user_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change one's name. */
        patch: operations["user_update"];
        trace?: never;
    };
    "/api/v1/users/me/addresses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's addresses. */
        get: operations["user_address_list"];
        put?: never;
        /** Add an address. */
        post: operations["user_address_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me/addresses/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove an address. */
        delete: operations["user_address_remove"];
        options?: never;
        head?: never;
        /** Change an address. */
        patch: operations["user_address_update"];
        trace?: never;
    };
    "/api/v1/users/me/cart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show the customer's own cart. */
        get: operations["cart_show_mine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the customer's own orders. */
        get: operations["order_list_mine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change one's password; ends all other sessions. */
        post: operations["user_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How one wants to see the shop. */
        get: operations["preferences_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change how one wants to see the shop. */
        patch: operations["preferences_update"];
        trace?: never;
    };
    "/api/v1/users/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where one is logged in. */
        get: operations["user_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Log out elsewhere. */
        delete: operations["user_session_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The catalogue in figures; X-Cache says whether a cache had them. */
        get: operations["catalogue_summary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        address: {
            /** @description City. */
            city: string;
            /** @description Company. */
            company?: string | null;
            /** @description ISO 3166-1 alpha-2. */
            country: string;
            /** @description Street and number. */
            line1: string;
            /** @description Further line. */
            line2?: string | null;
            /** @description Who receives. */
            name: string;
            /** @description For the carrier. */
            phone?: string | null;
            /** @description Postcode. */
            postcode?: string | null;
            /** @description State or province; its code where taxes or shipping need it: CA. */
            region?: string | null;
        };
        admin_categories: {
            /** @description In tree order. */
            items: components["schemas"]["admin_category"][];
            /** @description Always null: the tree comes whole. */
            next_cursor?: string | null;
        };
        admin_category: {
            /** @description 0 at the top. */
            depth: number;
            /** @description A sentence about it. */
            description?: string | null;
            /** @description Name in addresses. */
            handle: string;
            /**
             * Format: uuid
             * @description Of the category.
             */
            id: string;
            /**
             * Format: uuid
             * @description Null at the top.
             */
            parent_id?: string | null;
            /** @description With its parents. */
            path: string;
            /** @description Order among its siblings. */
            position: number;
            /** @description Filed right here, whatever their status. */
            product_count: number;
            /** @description For people. */
            title: string;
            /** @description Counts changes. */
            version: number;
        };
        admin_product: {
            /** @description Facts. */
            attributes: components["schemas"]["attribute_document"][];
            /** @description Maker. */
            brand?: string | null;
            /** @description Paths. */
            categories: string[];
            /**
             * Format: date-time
             * @description When it was added.
             */
            created_at: string;
            /** @description As it was given. */
            description_html?: string | null;
            /** @description Sold as a gift card. */
            gift_card: boolean;
            /** @description Name in addresses. */
            handle: string;
            /**
             * Format: uuid
             * @description Of the product.
             */
            id: string;
            /** @description In order. */
            images: components["schemas"]["image"][];
            /** @description Names. */
            options: string[];
            /** @description Higher comes first where nothing else decides. */
            popularity: number;
            /** @description Whether the storefront shows it. */
            published: boolean;
            /**
             * Format: date-time
             * @description When shoppers first saw it.
             */
            published_at?: string | null;
            /** @description For search engines. */
            seo_description?: string | null;
            /** @description For search engines. */
            seo_title?: string | null;
            /**
             * @description Only active ones are sold.
             * @enum {unknown}
             */
            status: "draft" | "active" | "archived";
            /** @description Words. */
            tags: string[];
            /** @description For people. */
            title: string;
            /** @description Kind of thing. */
            type?: string | null;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updated_at: string;
            /** @description What is sold. */
            variants: components["schemas"]["admin_variant"][];
            /** @description Counts changes; If-Match and `version` in a change name it. */
            version: number;
        };
        admin_variant: {
            /** @description Of these, free to be sold. */
            available?: number | null;
            /** @description GTIN, UPC, EAN or ISBN. */
            barcode?: string | null;
            /** @description What one costs the shop. */
            cost_minor?: number | null;
            /**
             * Format: uuid
             * @description Of the variant.
             */
            id: string;
            /**
             * Format: uuid
             * @description Its own picture.
             */
            image_id?: string | null;
            /** @description In the house; null where it is not counted. */
            on_hand?: number | null;
            /** @description A value for each option of the product. */
            options: string[];
            /**
             * @description When none are left.
             * @enum {unknown}
             */
            policy: "deny" | "continue";
            /** @description In each currency. */
            prices: components["schemas"]["price_document"][];
            /** @description False for services and downloads. */
            requires_shipping: boolean;
            /** @description Unique in the shop. */
            sku: string;
            /** @description Which rates. */
            tax_class: string;
            /** @description Whether tax is due. */
            taxable: boolean;
            /** @description Its options; Default where there are none. */
            title: string;
            /** @description Whether stock is counted. */
            tracked: boolean;
            /** @description Grams. */
            weight_g?: number | null;
        };
        attribute_document: {
            /** @description Stable name. */
            code: string;
            /**
             * @description How to read the value.
             * @enum {unknown}
             */
            kind?: "text" | "number" | "boolean" | "date" | "url" | null;
            /** @description Shown to shoppers. */
            label: string;
            /** @description As text. */
            value: string;
        };
        cart: {
            /** @description Where it goes to. */
            country?: string | null;
            /** @description Those that hold. */
            coupons: components["schemas"]["cart_coupon"][];
            /** @description Of all amounts. */
            currency: string;
            /** @description Taken off the goods. */
            discount_minor: number;
            /** @description Where to write to. */
            email?: string | null;
            /**
             * Format: uuid
             * @description Not to be guessed: who knows it can change the cart of a guest.
             */
            id: string;
            /** @description In the order they were put in. */
            items: components["schemas"]["cart_item"][];
            /** @description What the shopper should know. */
            notices: components["schemas"]["cart_notice"][];
            /** @description Where it goes to. */
            postcode?: string | null;
            /** @description Whether prices contain the tax. */
            prices_include_tax: boolean;
            /** @description Where it goes to. */
            region?: string | null;
            /** @description Of the option chosen. */
            shipping_minor: number;
            /** @description The option chosen, while it is offered. */
            shipping_option?: string | null;
            /** @description Goods before discount. */
            subtotal_minor: number;
            /** @description By rate. */
            tax_lines: components["schemas"]["tax_line"][];
            /** @description In the total, whether prices contain it or not. */
            tax_minor: number;
            /** @description What is to be paid. */
            total_minor: number;
            /** @description Grows with every change; send it as If-Match to be sure. */
            version: number;
        };
        cart_coupon: {
            /** @description As typed, large. */
            code: string;
            /** @description For people. */
            detail: string;
            /** @description Taken off the goods; 0 for free shipping. */
            discount_minor: number;
            /**
             * @description What it does.
             * @enum {unknown}
             */
            kind: "percent" | "fixed" | "free_shipping";
        };
        cart_item: {
            /** @description How many could be bought; null: any. */
            available?: number | null;
            /** @description Struck-through price of one. */
            compare_at_minor?: number | null;
            /** @description Taken off this line. */
            discount_minor: number;
            /** @description Of the product's page; empty when there is none any more. */
            handle: string;
            /**
             * Format: uuid
             * @description Of the line.
             */
            id: string;
            /** @description A picture. */
            image?: components["schemas"]["image"] | null;
            /** @description What was chosen. */
            options: components["schemas"]["option_value"][];
            /** @description Pieces. */
            quantity: number;
            /** @description False for services and downloads. */
            requires_shipping: boolean;
            /** @description Of the variant. */
            sku: string;
            /** @description Of this line. */
            tax_minor: number;
            /** @description Of the product. */
            title: string;
            /** @description After discount; with tax. */
            total_minor: number;
            /** @description Of one. */
            unit_price_minor: number;
            /** @description Its options. */
            variant_title?: string | null;
        };
        cart_new: {
            /** @description Of all amounts. */
            currency?: string | null;
        };
        cart_notice: {
            /**
             * @description What happened since the cart was changed last.
             * @enum {unknown}
             */
            code: "price_changed" | "stock_reduced" | "unavailable" | "coupon_ended";
            /** @description For people. */
            detail: string;
            /**
             * Format: uuid
             * @description To which line.
             */
            item_id?: string | null;
            /** @description price_changed: of one, now. */
            new_minor?: number | null;
            /** @description price_changed: of one, before; null: there was none in this currency. */
            old_minor?: number | null;
        };
        catalogue_summary: {
            /** @description Of these products. */
            brands: number;
            /** @description In the tree. */
            categories: number;
            /** @description Of these products. */
            images: number;
            /** @description By currency. */
            prices: components["schemas"]["price_range"][];
            /** @description That shoppers see. */
            products: number;
            /**
             * Format: date-time
             * @description Newest change of these products.
             */
            updated_at?: string | null;
            /** @description Of these products. */
            variants: number;
        };
        categories: {
            /** @description In tree order. */
            items: components["schemas"]["category"][];
        };
        category: {
            /** @description 0 at the top. */
            depth: number;
            /** @description A sentence about it. */
            description?: string | null;
            /** @description Name in addresses. */
            handle: string;
            /**
             * Format: uuid
             * @description Of the category.
             */
            id: string;
            /** @description Its own, else of a product in it. */
            image?: components["schemas"]["image"] | null;
            /** @description Null at the top. */
            parent_handle?: string | null;
            /** @description With its parents: Home > Kitchen. */
            path: string;
            /** @description Order among its siblings. */
            position: number;
            /** @description Products in it and below it. */
            product_count: number;
            /** @description For people. */
            title: string;
        };
        category_new: {
            /** @description A sentence about it. */
            description?: string | null;
            /** @description Name in addresses; made from the title when absent. */
            handle?: string | null;
            /**
             * Format: uuid
             * @description Null at the top.
             */
            parent_id?: string | null;
            /** @description Last when absent. */
            position?: number | null;
            /** @description For people. */
            title: string;
        };
        coupon: {
            /** @description Whether it can be used. */
            active: boolean;
            /** @description fixed: taken off. */
            amount_minor?: number | null;
            /** @description What shoppers type; large letters. */
            code: string;
            /** @description Of its amounts; null for one without amounts. */
            currency?: string | null;
            /**
             * Format: date-time
             * @description Until when.
             */
            ends_at?: string | null;
            /**
             * Format: uuid
             * @description Of the coupon.
             */
            id: string;
            /**
             * @description What it does.
             * @enum {unknown}
             */
            kind: "percent" | "fixed" | "free_shipping";
            /** @description The subtotal from which it holds. */
            minimum_minor?: number | null;
            /** @description percent: 100000 is 10 %. */
            percent_ppm?: number | null;
            /**
             * Format: date-time
             * @description From when.
             */
            starts_at?: string | null;
            /** @description Orders so far. */
            uses: number;
            /** @description Orders in all. */
            uses_max?: number | null;
            /** @description Orders of one customer or e-mail. */
            uses_max_per_customer?: number | null;
        };
        coupon_new: {
            /** @description True where it is not said. */
            active?: boolean | null;
            /** @description fixed: taken off. */
            amount_minor?: number | null;
            /** @description What shoppers type. */
            code: string;
            /** @description Of its amounts. */
            currency?: string | null;
            /**
             * Format: date-time
             * @description Until when.
             */
            ends_at?: string | null;
            /**
             * @description What it does.
             * @enum {unknown}
             */
            kind: "percent" | "fixed" | "free_shipping";
            /** @description The subtotal from which it holds. */
            minimum_minor?: number | null;
            /** @description percent: 100000 is 10 %. */
            percent_ppm?: number | null;
            /**
             * Format: date-time
             * @description From when.
             */
            starts_at?: string | null;
            /** @description Orders in all. */
            uses_max?: number | null;
            /** @description Orders of one customer or e-mail. */
            uses_max_per_customer?: number | null;
        };
        coupons: {
            /** @description The newest first. */
            items: components["schemas"]["coupon"][];
            /** @description For the next page; null: there is none. */
            next_cursor?: string | null;
        };
        facet_value: {
            /** @description Products, under all other filters. */
            count: number;
            /** @description For people. */
            label: string;
            /** @description For the query. */
            value: string;
        };
        facets: {
            /** @description Makers. */
            brands: components["schemas"]["facet_value"][];
            /** @description By handle. */
            categories: components["schemas"]["facet_value"][];
            /** @description Products that can be sold now. */
            in_stock: number;
            /** @description What there is to choose. */
            options: components["schemas"]["option_facet"][];
            /** @description Null when nothing was found. */
            price?: components["schemas"]["price_facet"] | null;
            /** @description Words. */
            tags: components["schemas"]["facet_value"][];
            /** @description Kinds of things. */
            types: components["schemas"]["facet_value"][];
        };
        image: {
            /** @description What a person would say it shows. */
            alt?: string | null;
            /** @description Pixels. */
            height?: number | null;
            /**
             * Format: uuid
             * @description Of the picture.
             */
            id: string;
            /** @description Smaller ones, for srcset. */
            sources: components["schemas"]["image_source"][];
            /** @description In full size. */
            url: string;
            /** @description Pixels; null for pictures elsewhere. */
            width?: number | null;
        };
        image_document: {
            /** @description What a person would say it shows. */
            alt?: string | null;
            /** @description https://... or the name of a file beside the import. */
            url: string;
        };
        image_source: {
            /** @description Of the picture in this width. */
            url: string;
            /** @description Pixels. */
            width: number;
        };
        link_token: {
            /** @description Out of the mailed link. */
            token: string;
        };
        login: {
            /**
             * Format: uuid
             * @description The guest's cart, to be taken along.
             */
            cart_id?: string | null;
            /** @description E-mail. */
            email: string;
            /** @description Password. */
            password: string;
            /**
             * @description cookie for browsers (the default), bearer for programs.
             * @enum {unknown}
             */
            transport?: "cookie" | "bearer" | null;
        };
        login_session: {
            /**
             * Format: uuid
             * @description The customer's open cart.
             */
            cart_id?: string | null;
            /** @description Sent as X-CSRF-Token with every write of a cookie session. */
            csrf_token: string;
            /**
             * Format: date-time
             * @description When it ends.
             */
            expires_at: string;
            /**
             * Format: uuid
             * @description Of the session.
             */
            id: string;
            /** @description How they want to see the shop. */
            preferences: components["schemas"]["preferences"];
            /** @description For bearer sessions, told once. */
            token?: string | null;
            /** @description Who is logged in. */
            user: components["schemas"]["user"];
        };
        mail: {
            /** @description Plain text. */
            body: string;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description The same for those who see it. */
            html?: string | null;
            /**
             * Format: uuid
             * @description Of the event.
             */
            id: string;
            /** @description E-mail. */
            recipient: string;
            /**
             * Format: date-time
             * @description When a mail server took it; null: it is kept.
             */
            sent_at?: string | null;
            /** @description One line. */
            subject: string;
        };
        mail_page: {
            /** @description The newest first. */
            items: components["schemas"]["mail_summary"][];
            /**
             * Format: uuid
             * @description For the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        mail_sent: {
            /** @description What to do next. */
            detail: string;
            /** @description Where a mail is on its way to. */
            email: string;
        };
        mail_summary: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: uuid
             * @description Of the mail.
             */
            id: string;
            /** @description E-mail. */
            recipient: string;
            /**
             * Format: date-time
             * @description When a mail server took it; null: it is kept.
             */
            sent_at?: string | null;
            /** @description One line. */
            subject: string;
        };
        movement: {
            /** @description E-mail of who did it. */
            actor?: string | null;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Pieces newly owed or no longer. */
            backordered_delta: number;
            /**
             * Format: uuid
             * @description Of the movement.
             */
            id: string;
            /**
             * @description Why stock moved.
             * @enum {unknown}
             */
            kind: "counted" | "adjusted" | "reserved" | "released" | "expired" | "sold" | "returned";
            /** @description Pieces that came or went. */
            on_hand_delta: number;
            /**
             * Format: uuid
             * @description For which order.
             */
            order_id?: string | null;
            /** @description In their words. */
            reason?: string | null;
            /** @description Pieces held or freed. */
            reserved_delta: number;
        };
        option_facet: {
            /** @description Of the option. */
            name: string;
            /** @description Name:Value each. */
            values: components["schemas"]["facet_value"][];
        };
        option_value: {
            /** @description Of the option: Size. */
            name: string;
            /** @description What was chosen: M. */
            value: string;
        };
        order: {
            /** @description Reads the order without a session; told on creation and to who has it. */
            access_token?: string | null;
            /** @description Who pays. */
            billing_address: components["schemas"]["address"];
            /** @description Codes that were used. */
            coupons: string[];
            /** @description Of all amounts. */
            currency: string;
            /** @description Taken off the goods. */
            discount_minor: number;
            /** @description Where to write to. */
            email: string;
            /** @description The oldest first. */
            history: components["schemas"]["order_event"][];
            /**
             * Format: uuid
             * @description Of the order.
             */
            id: string;
            /** @description As they were in the cart. */
            items: components["schemas"]["order_item"][];
            /** @description From the shopper. */
            note?: string | null;
            /** @description For people. */
            number: string;
            /** @description null: nothing to pay. */
            payment?: components["schemas"]["order_payment"] | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            placed_at: string;
            /** @description Whether prices contain the tax. */
            prices_include_tax: boolean;
            /** @description At most so many are before it and itself; null: it does not wait for its turn. */
            queue_position?: number | null;
            /** @description What was given back. */
            refunded_minor: number;
            /** @description Code of the error that it came to nothing by; null: it did not. */
            refusal?: string | null;
            /** @description Where it goes to. */
            shipping_address?: components["schemas"]["address"] | null;
            /** @description Of the option chosen. */
            shipping_minor: number;
            /** @description How it goes. */
            shipping_option?: components["schemas"]["order_shipping"] | null;
            /**
             * @description How far it is.
             * @enum {unknown}
             */
            state: "prepared" | "pending_payment" | "authorized" | "paid" | "declined" | "cancelled" | "refunded";
            /** @description Goods before discount. */
            subtotal_minor: number;
            /** @description By rate. */
            tax_lines: components["schemas"]["tax_line"][];
            /** @description In the total, whether prices contain it or not. */
            tax_minor: number;
            /** @description What is paid. */
            total_minor: number;
            /**
             * @description Asked for, not done yet.
             * @enum {unknown}
             */
            wanted?: "cancelled" | "refunded" | "captured" | null;
        };
        order_event: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Why. */
            note?: string | null;
            /** @description What it became. */
            state: string;
        };
        order_item: {
            /** @description Taken off this line. */
            discount_minor: number;
            /** @description Of the product's page then. */
            handle: string;
            /** @description A picture. */
            image?: components["schemas"]["image"] | null;
            /** @description What was chosen. */
            options: components["schemas"]["option_value"][];
            /** @description Pieces. */
            quantity: number;
            /** @description Of the variant. */
            sku: string;
            /** @description Of this line. */
            tax_minor: number;
            /** @description Of the product then. */
            title: string;
            /** @description After discount; with tax. */
            total_minor: number;
            /** @description Of one. */
            unit_price_minor: number;
            /** @description Its options. */
            variant_title?: string | null;
        };
        order_new: {
            /** @description Who pays; the shipping address where it is missing. */
            billing_address?: components["schemas"]["address"] | null;
            /**
             * Format: uuid
             * @description What is bought.
             */
            cart_id: string;
            /** @description Where to write to. */
            email: string;
            /** @description The total that the shopper saw; another one is refused. */
            expected_total_minor?: number | null;
            /** @description From the shopper. */
            note?: string | null;
            /** @description May be missing when there is nothing to pay. */
            payment?: components["schemas"]["payment_choice"] | null;
            /** @description Where it goes to; may be missing when nothing is sent. */
            shipping_address?: components["schemas"]["address"] | null;
            /** @description One of the cart's; may be missing when nothing is sent. */
            shipping_option?: string | null;
        };
        order_page: {
            /** @description The newest first. */
            items: components["schemas"]["order"][];
            /** @description For the next page; null: there is none. */
            next_cursor?: string | null;
        };
        order_payment: {
            /** @description What was taken of the total; null: nothing yet. */
            captured_minor?: number | null;
            /** @description Who was asked. */
            provider: string;
            /** @description The provider's name for it. */
            reference?: string | null;
            /** @description What was answered. */
            state: string;
        };
        order_progress: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Why. */
            note?: string | null;
            /** @description At most so many are before it and itself; null: it does not wait for its turn. */
            queue_position?: number | null;
            /** @description Code of the error that it came to nothing by; null: it did not. */
            refusal?: string | null;
            /**
             * @description What it became.
             * @enum {unknown}
             */
            state: "prepared" | "pending_payment" | "authorized" | "paid" | "declined" | "cancelled" | "refunded";
        };
        order_shipping: {
            /** @description Of the option. */
            code: string;
            /** @description Of the option then. */
            name: string;
        };
        outbox_event: {
            /** @description This one included. */
            attempts: number;
            /** @description Who is to carry it out. */
            consumer: string;
            /**
             * Format: date-time
             * @description When it happened.
             */
            created_at: string;
            /**
             * Format: uuid
             * @description The same at every attempt.
             */
            id: string;
            /** @description What it happened to; null: no order. */
            key?: string | null;
            /** @description Why the last attempt failed. */
            last_error?: string | null;
            /**
             * Format: date-time
             * @description When it is tried next.
             */
            next_at?: string | null;
            /** @description The event. */
            payload: unknown;
            /**
             * Format: date-time
             * @description When it was given up.
             */
            set_aside_at?: string | null;
            /** @description What happened. */
            topic: string;
            /** @description The trace that it was made in. */
            traceparent?: string | null;
        };
        outbox_page: {
            /** @description Services that did not answer: what they gave up is missing here. */
            away: string[];
            /** @description What was given up, the oldest first. */
            items: components["schemas"]["outbox_event"][];
        };
        password_change: {
            /** @description The old. */
            current_password: string;
            /** @description At least 10 characters. */
            password: string;
        };
        payment_choice: {
            /** @description One of the shop's. */
            provider: string;
            /** @description What the provider gave the browser. */
            token: string;
        };
        preferences: {
            /**
             * @description Of the pages; null: not chosen.
             * @enum {unknown}
             */
            colour_scheme?: "system" | "light" | "dark" | null;
            /** @description To shop in, while the shop has prices in it; null: not chosen. */
            currency?: string | null;
        };
        price_document: {
            /** @description Struck-through price. */
            compare_at_minor?: number | null;
            /** @description ISO 4217. */
            currency: string;
            /** @description Price in this currency. */
            price_minor: number;
        };
        price_facet: {
            /** @description Highest found. */
            max_minor: number;
            /** @description Lowest found. */
            min_minor: number;
        };
        price_range: {
            /** @description ISO 4217. */
            currency: string;
            /** @description Highest price. */
            max_minor: number;
            /** @description Lowest price. */
            min_minor: number;
            /** @description That have a price in it. */
            variants: number;
        };
        problem: {
            code: string;
            detail: string;
            errors: {
                detail: string;
                field: string;
            }[];
            request_id: string | null;
            status: number;
            title: string;
            type: string;
        };
        product: {
            /** @description Facts. */
            attributes: components["schemas"]["product_attribute"][];
            /** @description Maker. */
            brand?: string | null;
            /** @description Where it is filed. */
            categories: components["schemas"]["product_category"][];
            /** @description Struck-through price of the cheapest variant. */
            compare_at_minor?: number | null;
            /** @description Of the prices. */
            currency: string;
            /** @description Safe HTML; null in lists. */
            description_html?: string | null;
            /** @description Name in addresses. */
            handle: string;
            /**
             * Format: uuid
             * @description Of the product.
             */
            id: string;
            /** @description In order. */
            images: components["schemas"]["image"][];
            /** @description Whether some variant can be sold now. */
            in_stock: boolean;
            /** @description What there is to choose. */
            options: components["schemas"]["product_option"][];
            /** @description Highest. */
            price_max_minor: number;
            /** @description Lowest of its variants. */
            price_minor: number;
            /**
             * Format: date-time
             * @description When shoppers first saw it.
             */
            published_at?: string | null;
            /** @description For search engines. */
            seo_description?: string | null;
            /** @description For search engines. */
            seo_title?: string | null;
            /**
             * @description active for what is sold.
             * @enum {unknown}
             */
            status: "draft" | "active" | "archived";
            /** @description Words to find it by. */
            tags: string[];
            /** @description For people. */
            title: string;
            /** @description What kind of thing it is. */
            type?: string | null;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updated_at: string;
            /** @description What is sold. */
            variants: components["schemas"]["variant"][];
        };
        product_attribute: {
            /** @description Stable name. */
            code: string;
            /**
             * @description How to read the value.
             * @enum {unknown}
             */
            kind: "text" | "number" | "boolean" | "date" | "url";
            /** @description For people. */
            label: string;
            /** @description As text. */
            value: string;
        };
        product_category: {
            /** @description Name in addresses. */
            handle: string;
            /** @description With its parents: Home > Kitchen. */
            path: string;
            /** @description Of the category. */
            title: string;
        };
        product_listing: {
            /** @description When another spelling was searched. */
            corrected_query?: string | null;
            /** @description Counts. */
            facets: components["schemas"]["facets"];
            /** @description Best first. */
            items: components["schemas"]["product"][];
            /** @description Null on the last page. */
            next_cursor?: string | null;
            /** @description Products found. */
            total: number;
        };
        product_new: {
            /** @description Facts. */
            attributes?: components["schemas"]["attribute_document"][] | null;
            /** @description Maker. */
            brand?: string | null;
            /** @description Paths: "Home > Kitchen"; made where they are missing. */
            categories?: string[] | null;
            /** @description HTML. */
            description_html?: string | null;
            /** @description Sold as a gift card. */
            gift_card?: boolean | null;
            /** @description Name in addresses; made from the title when absent. */
            handle?: string | null;
            /** @description Elsewhere, by URL. */
            images?: components["schemas"]["image_document"][] | null;
            /** @description Names of the options. */
            options?: string[] | null;
            /** @description Higher comes first where nothing else decides. */
            popularity?: number | null;
            /** @description Whether the storefront shows it. */
            published?: boolean | null;
            /** @description For search engines. */
            seo_description?: string | null;
            /** @description For search engines. */
            seo_title?: string | null;
            /**
             * @description A new one is a draft.
             * @enum {unknown}
             */
            status?: "draft" | "active" | "archived" | null;
            /** @description Words to find it by. */
            tags?: string[] | null;
            /** @description Shown to shoppers. */
            title: string;
            /** @description Kind of thing. */
            type?: string | null;
            /** @description What is sold. */
            variants: components["schemas"]["variant_document"][];
        };
        product_option: {
            /** @description Size, Color. */
            name: string;
            /** @description In the order of the variants. */
            values: string[];
        };
        product_page: {
            /** @description Newest first. */
            items: components["schemas"]["product_summary"][];
            /** @description Null on the last page. */
            next_cursor?: string | null;
        };
        product_summary: {
            /** @description Maker. */
            brand?: string | null;
            /** @description Of the price. */
            currency: string;
            /** @description Name in addresses. */
            handle: string;
            /**
             * Format: uuid
             * @description Of the product.
             */
            id: string;
            /** @description The first. */
            image?: components["schemas"]["image"] | null;
            /** @description Lowest; null without one in the currency. */
            price_minor?: number | null;
            /** @description Whether the storefront shows it. */
            published: boolean;
            /**
             * @description Only active ones are sold.
             * @enum {unknown}
             */
            status: "draft" | "active" | "archived";
            /** @description For people. */
            title: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updated_at: string;
            /** @description How many variants. */
            variant_count: number;
            /** @description Counts changes. */
            version: number;
        };
        reset_new: {
            /** @description E-mail. */
            email: string;
        };
        sales: {
            /** @description Taken of one order; null: of none. */
            average_minor?: number | null;
            /** @description ISO 4217, of all amounts. */
            currency: string;
            /** @description What had been taken off before. */
            discount_minor: number;
            /** @description What was taken, with tax and shipping. */
            gross_minor: number;
            /** @description Taken less given back. */
            net_minor: number;
            /** @description Of those paid: taken off the database since; their money is counted, no more. */
            orders_archived: number;
            /** @description Orders that were cancelled, paid before or not. */
            orders_cancelled: number;
            /** @description Orders whose money was taken. */
            orders_paid: number;
            /** @description Orders whose money was given back, cancelled or not. */
            orders_refunded: number;
            /** @description Pieces in the orders paid. */
            pieces: number;
            /** @description What sold best, by pieces. */
            products: components["schemas"]["sales_product"][];
            /** @description What was given back. */
            refunded_minor: number;
            /** @description Shipping in it. */
            shipping_minor: number;
            /** @description Tax in it. */
            tax_minor: number;
            /** @description Orders that wait to be captured and sent now. */
            waiting_capture: number;
            /** @description Orders whose payment is pending now. */
            waiting_payment: number;
        };
        sales_product: {
            /** @description Of the product when it was ordered. */
            handle: string;
            /** @description How many were sold. */
            pieces: number;
            /** @description Of the product then. */
            title: string;
            /** @description What was paid for them. */
            total_minor: number;
        };
        sales_report: {
            /** @description The shop's own first, then those in which anything happened. */
            currencies: components["schemas"]["sales"][];
            /**
             * Format: date-time
             * @description The first moment of the span.
             */
            from: string;
            /**
             * Format: date-time
             * @description When it was read.
             */
            made_at: string;
            /**
             * Format: date-time
             * @description Its end, which is not in it.
             */
            until: string;
        };
        session_shown: {
            /**
             * Format: date-time
             * @description When it began.
             */
            created_at: string;
            /** @description Whether it is the one that asks. */
            current: boolean;
            /**
             * Format: date-time
             * @description When it ends.
             */
            expires_at: string;
            /**
             * Format: uuid
             * @description Of the session.
             */
            id: string;
            /** @description What the browser called itself. */
            user_agent?: string | null;
        };
        sessions_shown: {
            /** @description The newest first. */
            items: components["schemas"]["session_shown"][];
        };
        shipping_option: {
            /** @description Send it as shipping_option. */
            code: string;
            /** @description Of the cart. */
            currency: string;
            /** @description How long it takes. */
            estimate?: string | null;
            /** @description For people. */
            name: string;
            /** @description For this cart. */
            price_minor: number;
        };
        shipping_options: {
            /** @description In the shop's order. */
            items: components["schemas"]["shipping_option"][];
        };
        shipping_place: {
            /** @description ISO 3166-1, or * for the rest of the world. */
            country: string;
            /** @description There alone. */
            region?: string | null;
        };
        shipping_rate: {
            /**
             * @description What the bracket counts: nothing, grams or money.
             * @enum {unknown}
             */
            basis: "flat" | "weight" | "total";
            /** @description And below this; null: no end. */
            bracket_below?: number | null;
            /** @description It holds from this on. */
            bracket_from?: number | null;
            /** @description Of the option; rates with one code are its brackets. */
            code: string;
            /** @description For carts in this currency. */
            currency: string;
            /** @description How long it takes: 2-3 days. */
            estimate?: string | null;
            /** @description Free when the goods cost this much after discount. */
            free_over_minor?: number | null;
            /** @description Shown to shoppers. */
            name: string;
            /** @description What it costs. */
            price_minor: number;
        };
        shipping_zone: {
            /**
             * Format: uuid
             * @description Of the zone.
             */
            id: string;
            /** @description For staff. */
            name: string;
            /** @description Each lies in one zone alone. */
            places: components["schemas"]["shipping_place"][];
            /** @description In the order in which shoppers see them; the first bracket that holds counts. */
            rates: components["schemas"]["shipping_rate"][];
        };
        shipping_zone_new: {
            /** @description For staff. */
            name: string;
            /** @description Each lies in one zone alone. */
            places: components["schemas"]["shipping_place"][];
            /** @description In their order. */
            rates: components["schemas"]["shipping_rate"][];
        };
        shipping_zones: {
            /** @description By name. */
            items: components["schemas"]["shipping_zone"][];
            /** @description Always null: all are in one page. */
            next_cursor?: string | null;
        };
        shop: {
            /**
             * @description automatic: paid at checkout; manual: authorized then, captured by staff.
             * @enum {unknown}
             */
            capture: "automatic" | "manual";
            /** @description Where it ships to. */
            countries: components["schemas"]["shop_country"][];
            /** @description All that prices may be in. */
            currencies: string[];
            /** @description Where none is named. */
            currency: string;
            /** @description Of the shop. */
            name: string;
            /** @description In order of preference. */
            payment_providers: string[];
            /** @description Whether prices contain the tax. */
            prices_include_tax: boolean;
            /** @description Whether the test provider takes tokens: no real money. */
            test_payments: boolean;
        };
        shop_country: {
            /** @description ISO 3166-1. */
            code: string;
            /** @description In English. */
            name: string;
            /** @description That taxes or shipping tell apart; none for most. */
            regions: components["schemas"]["shop_region"][];
        };
        shop_patch: {
            /**
             * @description When the money of an order is taken; orders that were placed keep theirs.
             * @enum {unknown}
             */
            capture?: "automatic" | "manual" | null;
            /** @description All of them, anew. */
            currencies?: string[] | null;
            /** @description Where none is named. */
            currency?: string | null;
            /** @description Of the shop. */
            name?: string | null;
            /** @description Whether prices contain the tax. */
            prices_include_tax?: boolean | null;
        };
        shop_region: {
            /** @description The part of ISO 3166-2 after the dash. */
            code: string;
            /** @description In English. */
            name: string;
        };
        stock: {
            /** @description What can still be sold. */
            available: number;
            /** @description Owed to orders beyond what is there. */
            backordered: number;
            /** @description Fewer than this for sale count as low; 0: never. */
            low_below: number;
            /** @description The newest first. */
            movements: components["schemas"]["movement"][];
            /** @description Pieces in the house. */
            on_hand: number;
            /** @description Of these, held for orders. */
            reserved: number;
            /** @description Of the variant. */
            sku: string;
        };
        suggestion: {
            /** @description Of the price. */
            currency?: string | null;
            /** @description Of a product or category; the value of a brand. */
            handle?: string | null;
            /** @description Of a product, as in lists. */
            image?: unknown;
            /**
             * @description What it leads to.
             * @enum {unknown}
             */
            kind: "product" | "category" | "brand" | "query";
            /** @description For people. */
            label: string;
            /** @description Of a product: the lowest. */
            price_minor?: number | null;
        };
        suggestions: {
            /** @description Best first. */
            items: components["schemas"]["suggestion"][];
        };
        tax_line: {
            /** @description Of the tax. */
            name: string;
            /** @description 190000 is 19 per cent. */
            rate_ppm: number;
            /** @description Over the whole. */
            tax_minor: number;
        };
        tax_rate: {
            /** @description Where it is due. */
            country: string;
            /**
             * Format: uuid
             * @description Of the rate.
             */
            id: string;
            /** @description Shown to shoppers. */
            name: string;
            /** @description Whether shipping is taxed too. */
            on_shipping: boolean;
            /** @description Rates of different priorities add up; of one, that of the region holds. */
            priority: number;
            /** @description 190000 is 19 per cent. */
            rate_ppm: number;
            /** @description There alone; null: in the whole country. */
            region?: string | null;
            /** @description Of the variants; `standard` also taxes those without a rate of their own. */
            tax_class: string;
        };
        tax_rate_new: {
            /** @description Where it is due. */
            country: string;
            /** @description Shown to shoppers. */
            name: string;
            /** @description True where it is not said. */
            on_shipping?: boolean | null;
            /** @description 1 where it is not said. */
            priority?: number | null;
            /** @description 190000 is 19 per cent. */
            rate_ppm: number;
            /** @description There alone. */
            region?: string | null;
            /** @description `standard` where it is not said. */
            tax_class?: string | null;
        };
        tax_rates: {
            /** @description By country and class. */
            items: components["schemas"]["tax_rate"][];
            /** @description Always null: all are in one page. */
            next_cursor?: string | null;
        };
        user: {
            /**
             * Format: date-time
             * @description When the account was made.
             */
            created_at: string;
            /** @description E-mail. */
            email: string;
            /**
             * Format: uuid
             * @description Of the user.
             */
            id: string;
            /** @description How they want to be called. */
            name: string;
            /** @description customer, catalog, orders, support, admin. */
            roles: string[];
            /** @description Whether the e-mail is theirs; true for every account. */
            verified: boolean;
        };
        user_address: {
            /** @description City. */
            city: string;
            /** @description Company. */
            company?: string | null;
            /** @description ISO 3166-1 alpha-2. */
            country: string;
            /**
             * Format: uuid
             * @description Of the address.
             */
            id: string;
            /** @description Whether checkout starts with it. */
            is_default: boolean;
            /** @description Street and number. */
            line1: string;
            /** @description Further line. */
            line2?: string | null;
            /** @description Who receives. */
            name: string;
            /** @description For the carrier. */
            phone?: string | null;
            /** @description Postcode. */
            postcode?: string | null;
            /** @description State or province; its code where taxes or shipping need it: CA. */
            region?: string | null;
        };
        user_address_new: {
            /** @description City. */
            city: string;
            /** @description Company. */
            company?: string | null;
            /** @description ISO 3166-1 alpha-2. */
            country: string;
            /** @description Whether checkout starts with it. */
            is_default?: boolean | null;
            /** @description Street and number. */
            line1: string;
            /** @description Further line. */
            line2?: string | null;
            /** @description Who receives. */
            name: string;
            /** @description For the carrier. */
            phone?: string | null;
            /** @description Postcode. */
            postcode?: string | null;
            /** @description State or province; its code where taxes or shipping need it: CA. */
            region?: string | null;
        };
        user_addresses: {
            /** @description The default one first. */
            items: components["schemas"]["user_address"][];
        };
        user_new: {
            /** @description E-mail. */
            email: string;
            /** @description How to call you. */
            name: string;
            /** @description At least 10 characters. */
            password: string;
        };
        user_page: {
            /** @description In the order of their making, the newest first. */
            items: components["schemas"]["user"][];
            /**
             * Format: uuid
             * @description For the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        user_patch: {
            /** @description How to call you. */
            name?: string | null;
        };
        variant: {
            /** @description How many can be sold; null where stock is not counted. */
            available?: number | null;
            /** @description Whether it is sold when none are left. */
            backorder: boolean;
            /** @description GTIN, UPC, EAN or ISBN. */
            barcode?: string | null;
            /** @description Struck-through price. */
            compare_at_minor?: number | null;
            /** @description Of the prices. */
            currency: string;
            /**
             * Format: uuid
             * @description Of the variant.
             */
            id: string;
            /** @description Its own picture. */
            image?: components["schemas"]["image"] | null;
            /** @description What it is. */
            options: components["schemas"]["option_value"][];
            /** @description Of one. */
            price_minor: number;
            /** @description False for services and downloads. */
            requires_shipping: boolean;
            /** @description What is put into a cart. */
            sku: string;
            /** @description Its options: M / Red; Default where there are none. */
            title: string;
            /** @description Grams. */
            weight_g?: number | null;
        };
        variant_document: {
            /** @description GTIN, UPC, EAN or ISBN. */
            barcode?: string | null;
            /** @description Struck-through price. */
            compare_at_minor?: number | null;
            /** @description What one costs the shop. */
            cost_minor?: number | null;
            /** @description Columns kept for export only: name to text. */
            extra?: unknown;
            /** @description The `url` of one of the images. */
            image?: string | null;
            /** @description One value for each option of the product. */
            options?: string[] | null;
            /**
             * @description When none are left.
             * @enum {unknown}
             */
            policy?: "deny" | "continue" | null;
            /** @description In the currency of the import. */
            price_minor: number;
            /** @description Prices in further currencies. */
            prices?: components["schemas"]["price_document"][] | null;
            /** @description False for services and downloads. */
            requires_shipping?: boolean | null;
            /** @description Unique in the shop; made from the handle and the options when absent. */
            sku?: string | null;
            /** @description On hand. */
            stock?: number | null;
            /** @description Which rates; standard when absent. */
            tax_class?: string | null;
            /** @description Whether tax is due. */
            taxable?: boolean | null;
            /** @description Whether stock is counted. */
            tracked?: boolean | null;
            /** @description Grams. */
            weight_g?: number | null;
        };
    };
    responses: {
        /** @description What went wrong (RFC 9457). */
        problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    admin_category_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List the categories. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["admin_categories"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_category_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["category_new"];
            };
        };
        responses: {
            /** @description Add a category. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["admin_category"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_category_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the category. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a category without others in it. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    admin_category_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the category. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A sentence about it. */
                    description?: string | null;
                    /** @description Name in addresses. */
                    handle?: string | null;
                    /**
                     * Format: uuid
                     * @description Null moves it to the top.
                     */
                    parent_id?: string | null;
                    /** @description Among siblings. */
                    position?: number | null;
                    /** @description For people. */
                    title?: string | null;
                    /** @description Refused when it is at another one. */
                    version?: number | null;
                };
            };
        };
        responses: {
            /** @description Change or move a category. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["admin_category"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    coupon_list: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before. */
                cursor?: string;
                /** @description Coupons a page; 20. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List coupons. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["coupons"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    coupon_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["coupon_new"];
            };
        };
        responses: {
            /** @description Add a coupon. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["coupon"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    coupon_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the coupon. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Remove a coupon that was never used. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    coupon_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the coupon. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Whether it can be used. */
                    active?: boolean | null;
                    /** @description fixed: taken off. */
                    amount_minor?: number | null;
                    /** @description Of its amounts. */
                    currency?: string | null;
                    /**
                     * Format: date-time
                     * @description Until when.
                     */
                    ends_at?: string | null;
                    /** @description The subtotal from which it holds. */
                    minimum_minor?: number | null;
                    /** @description percent: 100000 is 10 %. */
                    percent_ppm?: number | null;
                    /**
                     * Format: date-time
                     * @description From when.
                     */
                    starts_at?: string | null;
                    /** @description Orders in all. */
                    uses_max?: number | null;
                    /** @description Orders of one customer or e-mail. */
                    uses_max_per_customer?: number | null;
                };
            };
        };
        responses: {
            /** @description Change a coupon. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["coupon"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_image_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the picture. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Take a picture away. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    admin_image_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the picture. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description What a person would say it shows. */
                    alt?: string | null;
                    /** @description 0 is shown first. */
                    position?: number | null;
                };
            };
        };
        responses: {
            /** @description Describe or move a picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["image"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_mail_list: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before. */
                cursor?: string;
                /** @description Mails a page; 50. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Mails, the newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["mail_page"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_mail_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of the mail. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One mail. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["mail"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_mail_resend: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the mail. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Send a mail again. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["mail"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    order_list: {
        parameters: {
            query?: {
                /** @description In this state alone. */
                state?: "prepared" | "pending_payment" | "authorized" | "paid" | "declined" | "cancelled" | "refunded" | null;
                /** @description A whole number, e-mail or SKU. */
                q?: string;
                /** @description next_cursor of the page before. */
                cursor?: string;
                /** @description Orders a page; 20. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List and find orders. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["order_page"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    order_show_staff: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of the order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Show an order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["order"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    order_cancel: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Kept in the history. */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description Cancel an order: money and stock go back, a hold on money is released. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["order"];
                };
            };
            /** @description Cancel an order: money and stock go back, a hold on money is released. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["order"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    order_capture: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description How much is taken, in the order's currency; the rest is released. null: all. */
                    amount_minor?: number | null;
                    /** @description Kept in the history. */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description Capture what was authorized, or a part of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["order"];
                };
            };
            /** @description Capture what was authorized, or a part of it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["order"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    order_refund: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Kept in the history. */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description Give back all that was paid. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["order"];
                };
            };
            /** @description Give back all that was paid. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["order"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_outbox_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events whose delivery was given up, of all services. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["outbox_page"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_outbox_retry: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the event. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Give an event all its attempts again. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    admin_product_list: {
        parameters: {
            query?: {
                /** @description In title, handle, brand or SKU. */
                q?: string;
                /** @description Only these. */
                status?: "draft" | "active" | "archived" | null;
                /** @description Only those filed under this one first. */
                category_id?: string;
                /** @description next_cursor of the page before. */
                cursor?: string;
                /** @description Items a page. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List products, also drafts and archived ones. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["product_page"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_product_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["product_new"];
            };
        };
        responses: {
            /** @description Add a product. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["admin_product"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_product_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of the product. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Show a product as the staff see it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["admin_product"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_product_archive: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the product. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Archive a product; orders keep it. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    admin_product_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the product. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Facts. */
                    attributes?: components["schemas"]["attribute_document"][] | null;
                    /** @description Maker. */
                    brand?: string | null;
                    /** @description Paths: "Home > Kitchen"; made where they are missing. */
                    categories?: string[] | null;
                    /** @description HTML. */
                    description_html?: string | null;
                    /** @description Sold as a gift card. */
                    gift_card?: boolean | null;
                    /** @description Name in addresses. */
                    handle?: string | null;
                    /** @description Names of the options. */
                    options?: string[] | null;
                    /** @description Higher comes first where nothing else decides. */
                    popularity?: number | null;
                    /** @description Whether the storefront shows it. */
                    published?: boolean | null;
                    /** @description For search engines. */
                    seo_description?: string | null;
                    /** @description For search engines. */
                    seo_title?: string | null;
                    /**
                     * @description A new one is a draft.
                     * @enum {unknown}
                     */
                    status?: "draft" | "active" | "archived" | null;
                    /** @description Words to find it by. */
                    tags?: string[] | null;
                    /** @description Shown to shoppers. */
                    title?: string | null;
                    /** @description Kind of thing. */
                    type?: string | null;
                    /** @description Refused when the product is at another one. */
                    version?: number | null;
                };
            };
        };
        responses: {
            /** @description Change a product. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["admin_product"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_image_create: {
        parameters: {
            query?: {
                /** @description What a person would say it shows. */
                alt?: string;
            };
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the product. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/*": unknown;
            };
        };
        responses: {
            /** @description Add a picture: JPEG, PNG or WebP as the body. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["image"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_variant_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the product. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description GTIN. */
                    barcode?: string | null;
                    /** @description Struck-through price. */
                    compare_at_minor?: number | null;
                    /** @description What one costs the shop. */
                    cost_minor?: number | null;
                    /** @description A value for each option. */
                    options?: string[] | null;
                    /**
                     * @description When none are left.
                     * @enum {unknown}
                     */
                    policy?: "deny" | "continue" | null;
                    /** @description In the shop's currency. */
                    price_minor: number;
                    /** @description False for services and downloads. */
                    requires_shipping?: boolean | null;
                    /** @description Unique in the shop; made when absent. */
                    sku?: string | null;
                    /** @description On hand, when tracked. */
                    stock?: number | null;
                    /** @description Which rates. */
                    tax_class?: string | null;
                    /** @description Whether tax is due. */
                    taxable?: boolean | null;
                    /** @description Whether stock is counted. */
                    tracked?: boolean | null;
                    /** @description Grams. */
                    weight_g?: number | null;
                };
            };
        };
        responses: {
            /** @description Add a variant to a product. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["admin_product"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    sales_report: {
        parameters: {
            query?: {
                /** @description So many days until the last midnight UTC; 1 where nothing is said. */
                days?: number;
                /** @description Or from this moment, a date being its midnight, */
                from?: string;
                /** @description until this one, which is not in it. */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was sold in a span of time, by currency. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["sales_report"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    sales_report_csv: {
        parameters: {
            query?: {
                /** @description So many days until the last midnight UTC; 1 where nothing is said. */
                days?: number;
                /** @description Or from this moment, a date being its midnight, */
                from?: string;
                /** @description until this one, which is not in it. */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The same as a table for spreadsheets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv; charset=utf-8": string;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    shipping_zone_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List shipping zones. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["shipping_zones"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    shipping_zone_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["shipping_zone_new"];
            };
        };
        responses: {
            /** @description Add a shipping zone. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["shipping_zone"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    shipping_zone_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the zone. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Remove a shipping zone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    shipping_zone_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the zone. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description For staff. */
                    name?: string | null;
                    /** @description All of them, anew. */
                    places?: components["schemas"]["shipping_place"][] | null;
                    /** @description All of them, anew. */
                    rates?: components["schemas"]["shipping_rate"][] | null;
                };
            };
        };
        responses: {
            /** @description Change a shipping zone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["shipping_zone"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    shop_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["shop_patch"];
            };
        };
        responses: {
            /** @description Change the shop's facts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["shop"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    stock_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of the variant. */
                sku: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Show a stock level and its movements. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["stock"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    stock_put: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the variant. */
                sku: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Fewer than this for sale count as low; as it was when absent. */
                    low_below?: number | null;
                    /** @description Pieces counted. */
                    on_hand: number;
                    /** @description Kept in the ledger. */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Set how many are there. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["stock"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    stock_adjust: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the variant. */
                sku: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Pieces that came (or went, below 0). */
                    delta: number;
                    /** @description Kept in the ledger. */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Add or take away pieces. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["stock"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    tax_rate_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List tax rates. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["tax_rates"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    tax_rate_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["tax_rate_new"];
            };
        };
        responses: {
            /** @description Add a tax rate. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["tax_rate"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    tax_rate_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the rate. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Remove a tax rate. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    tax_rate_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the rate. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Shown to shoppers. */
                    name?: string | null;
                    /** @description Whether shipping is taxed too. */
                    on_shipping?: boolean | null;
                    /** @description 190000 is 19 per cent. */
                    rate_ppm?: number | null;
                };
            };
        };
        responses: {
            /** @description Change a tax rate. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["tax_rate"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_user_list: {
        parameters: {
            query?: {
                /** @description Start of the e-mail. */
                q?: string;
                /** @description next_cursor of the page before. */
                cursor?: string;
                /** @description Users a page; 50. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Users, the newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["user_page"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_user_roles: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the user. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description admin, catalog, orders, support; none takes all away. */
                    roles: string[];
                };
            };
        };
        responses: {
            /** @description Give a user other roles. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["user"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_variant_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the variant. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Take a variant away; orders keep it. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    admin_variant_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the variant. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description GTIN. */
                    barcode?: string | null;
                    /** @description Struck-through price; null takes it away. */
                    compare_at_minor?: number | null;
                    /** @description What one costs the shop. */
                    cost_minor?: number | null;
                    /**
                     * Format: uuid
                     * @description One of the product's pictures.
                     */
                    image_id?: string | null;
                    /** @description A value for each option. */
                    options?: string[] | null;
                    /**
                     * @description When none are left.
                     * @enum {unknown}
                     */
                    policy?: "deny" | "continue" | null;
                    /** @description In the shop's currency. */
                    price_minor?: number | null;
                    /** @description False for services and downloads. */
                    requires_shipping?: boolean | null;
                    /** @description Unique in the shop; what is counted goes with it. */
                    sku?: string | null;
                    /** @description Which rates. */
                    tax_class?: string | null;
                    /** @description Whether tax is due. */
                    taxable?: boolean | null;
                    /** @description Whether stock is counted. */
                    tracked?: boolean | null;
                    /** @description Refused when the product is at another one. */
                    version?: number | null;
                    /** @description Grams. */
                    weight_g?: number | null;
                };
            };
        };
        responses: {
            /** @description Change a variant. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["admin_product"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    admin_prices_put: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the variant. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description All of them; the shop's currency among them. */
                    prices: components["schemas"]["price_document"][];
                };
            };
        };
        responses: {
            /** @description Set the prices of a variant in all currencies. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["admin_product"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    cart_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["cart_new"];
            };
        };
        responses: {
            /** @description Start a cart. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["cart"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    cart_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of the cart. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Show a cart. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["cart"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    cart_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the cart. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Where it goes to. */
                    country?: string | null;
                    /** @description Of all amounts; what has no price in it stays and costs nothing. */
                    currency?: string | null;
                    /** @description Where to write to. */
                    email?: string | null;
                    /** @description Where it goes to. */
                    postcode?: string | null;
                    /** @description ISO 3166-2 part. */
                    region?: string | null;
                    /** @description A code of the shipping options. */
                    shipping_option?: string | null;
                };
            };
        };
        responses: {
            /** @description Change the currency, or say where the cart goes to. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["cart"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    cart_coupon_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the cart. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description As the shopper types it. */
                    code: string;
                };
            };
        };
        responses: {
            /** @description Use a coupon. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["cart"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    cart_coupon_remove: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the cart. */
                id: string;
                /** @description As the shopper types it. */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Take a coupon out of the cart. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["cart"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    cart_item_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the cart. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Pieces to add. */
                    quantity: number;
                    /** @description Of the variant. */
                    sku: string;
                };
            };
        };
        responses: {
            /** @description Put something into the cart. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["cart"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    cart_item_remove: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the cart. */
                id: string;
                /** @description Of the line. */
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Take a line out of the cart. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["cart"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    cart_item_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the cart. */
                id: string;
                /** @description Of the line. */
                item_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Pieces; 0 takes the line out. */
                    quantity: number;
                };
            };
        };
        responses: {
            /** @description Change how many. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["cart"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    cart_shipping_options: {
        parameters: {
            query?: {
                /** @description Instead of the cart's. */
                country?: string;
                /** @description Instead of the cart's. */
                region?: string;
                /** @description Instead of the cart's. */
                postcode?: string;
            };
            header?: never;
            path: {
                /** @description Of the cart. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List how the cart can be sent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["shipping_options"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    category_list_public: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List the categories in tree order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["categories"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    email_verify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["link_token"];
            };
        };
        responses: {
            /** @description Finish a registration with the mailed token, and log in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["login_session"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    order_create: {
        parameters: {
            query?: never;
            header: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["order_new"];
            };
        };
        responses: {
            /** @description Order what is in a cart. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["order"];
                };
            };
            /** @description Order what is in a cart. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["order"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    order_read: {
        parameters: {
            query?: {
                /** @description The order's access_token, for guests. */
                token?: string;
            };
            header?: never;
            path: {
                /** @description Of the order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Show an order to its customer, or to who has its token. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["order"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    order_events: {
        parameters: {
            query?: {
                /** @description The order's access_token, for guests. */
                token?: string;
            };
            header?: never;
            path: {
                /** @description Of the order. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Follow an order to the end of its checkout. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["order_progress"];
                };
            };
            /** @description Follow an order to the end of its checkout. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    password_reset_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["reset_new"];
            };
        };
        responses: {
            /** @description Ask for a mail to choose a new password. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["mail_sent"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    password_reset_use: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Out of the mailed link. */
                token: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description At least 10 characters. */
                    password: string;
                };
            };
        };
        responses: {
            /** @description Choose a new password; ends all sessions. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    product_list: {
        parameters: {
            query?: {
                /** @description Words; typing errors are forgiven. */
                q?: string;
                /** @description Handles; with all below. */
                category?: string[];
                /** @description Any of these. */
                brand?: string[];
                /** @description Any of these. */
                type?: string[];
                /** @description Any of these. */
                tag?: string[];
                /** @description Name:Value, as Color:Red; any of one name, all names. */
                option?: string[];
                /** @description Minor units. */
                price_min?: number;
                /** @description Minor units. */
                price_max?: number;
                /** @description true: only what can be sold now. */
                in_stock?: boolean;
                /** @description Of the prices; the shop's own when absent. */
                currency?: string;
                /** @description relevance with words, else popular. */
                sort?: "relevance" | "newest" | "price_asc" | "price_desc" | "title" | "popular" | null;
                /** @description Items a page. */
                limit?: number;
                /** @description next_cursor of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List, search and filter products, with counts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["product_listing"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    product_suggestions: {
        parameters: {
            query: {
                /** @description What has been typed so far. */
                q: string;
                /** @description Of the prices; the shop's own when absent. */
                currency?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Complete what is being typed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["suggestions"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    product_show: {
        parameters: {
            query?: {
                /** @description Of the prices; the shop's own when absent. */
                currency?: string;
            };
            header?: never;
            path: {
                /** @description Of the product. */
                handle: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Show a product. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["product"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    session_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["login"];
            };
        };
        responses: {
            /** @description Log in. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["login_session"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    session_show: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who is logged in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["login_session"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    session_delete_current: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Log out. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    shop_show: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Show the shop's name, currencies, countries and payment providers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["shop"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    user_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["user_new"];
            };
        };
        responses: {
            /** @description Register; a mail follows. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["mail_sent"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    user_show: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One's own account. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["user"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    user_update: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["user_patch"];
            };
        };
        responses: {
            /** @description Change one's name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["user"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    user_address_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One's addresses. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["user_addresses"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    user_address_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["user_address_new"];
            };
        };
        responses: {
            /** @description Add an address. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["user_address"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    user_address_remove: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the address. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Remove an address. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    user_address_update: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the address. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Replaces it. */
                    city?: string | null;
                    /** @description Replaces it. */
                    company?: string | null;
                    /** @description Replaces it. */
                    country?: string | null;
                    /** @description Replaces it. */
                    is_default?: boolean | null;
                    /** @description Replaces it. */
                    line1?: string | null;
                    /** @description Replaces it. */
                    line2?: string | null;
                    /** @description Replaces it. */
                    name?: string | null;
                    /** @description Replaces it. */
                    phone?: string | null;
                    /** @description Replaces it. */
                    postcode?: string | null;
                    /** @description Replaces it. */
                    region?: string | null;
                };
            };
        };
        responses: {
            /** @description Change an address. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["user_address"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    cart_show_mine: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Show the customer's own cart. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["cart"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    order_list_mine: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before. */
                cursor?: string;
                /** @description Orders a page; 20. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List the customer's own orders. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["order_page"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    user_password: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["password_change"];
            };
        };
        responses: {
            /** @description Change one's password; ends all other sessions. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    preferences_show: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How one wants to see the shop. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["preferences"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    preferences_update: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["preferences"];
            };
        };
        responses: {
            /** @description Change how one wants to see the shop. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["preferences"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    user_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where one is logged in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["sessions_shown"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    user_session_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request gets the first reply again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the session. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Log out elsewhere. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    catalogue_summary: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The catalogue in figures; X-Cache says whether a cache had them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["catalogue_summary"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
}
