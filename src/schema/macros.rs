//! The `entity!` macro.

/// Declares a table of the host as an [`Entity`](crate::Entity) with its columns.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use pagewise::entity;
///
/// entity! {
///     /// A customer of a shop.
///     pub Customer = "customers" as "customer" {
///         key ID: i64 = "id";
///         tenant SHOP_ID: i64 = "shop_id";
///         NAME: String = "name";
///         CLOSED_AT: Option<DateTime<Utc>> = "closed_at";
///     }
/// }
///
/// entity! {
///     /// An order; it has no column of the shop, its customer has.
///     pub Order = "orders" in "sales" as "order" {
///         key ID: i64 = "id";
///         tenant through CUSTOMER_ID => Customer;
///         CUSTOMER_ID: i64 = "customer_id";
///         PLACED_AT: DateTime<Utc> = "placed_at";
///     }
/// }
///
/// entity! {
///     /// The same for every shop.
///     pub Currency = "currencies" as "currency" {
///         key CODE: String = "code";
///         shared;
///     }
/// }
///
/// assert_eq!(Customer::NAME.name(), "name");
/// ```
///
/// * The first line names the type, the table, perhaps its schema (`in "sales"`), and the word by which
///   the emitted SQL calls a row.
/// * `key` is unique and never NULL.
/// * `tenant` says what binds a row to its tenant: a column, the row it points at (`tenant through
///   COLUMN => Entity`), or its own key where the rows are the tenants (`tenant key`). `shared` says that
///   the rows belong to nobody. One of them is required, so that no table is left unbound by oversight.
/// * Every other line is a column: `NAME: RustType = "name in the database";`, `Option<..>` where NULL is
///   possible.
#[macro_export]
macro_rules! entity {
    (
        $(#[$meta:meta])*
        $vis:vis $entity:ident = $table:literal $(in $schema:literal)? as $alias:literal { $($body:tt)* }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        $vis struct $entity;

        $crate::entity! { @key $entity ($table) ($($schema)?) ($alias) $($body)* }
    };

    (@key $entity:ident $table:tt $schema:tt $alias:tt
        $(#[$meta:meta])* key $key:ident: $key_type:ty = $key_name:literal; $($rest:tt)*
    ) => {
        $crate::entity! { @column $entity $(#[$meta])* $key: $key_type = $key_name; }
        $crate::entity! { @tenancy $entity $table $schema $alias ($key_name, $key_type) $($rest)* }
    };
    (@key $entity:ident $($rest:tt)*) => {
        compile_error!(concat!(
            "the entity `", stringify!($entity), "` has no key: begin with `key ID: i64 = \"id\";`"
        ));
    };

    (@tenancy $entity:ident $table:tt $schema:tt $alias:tt $key:tt
        $(#[$meta:meta])* tenant through $from:ident => $parent:ty; $($columns:tt)*
    ) => {
        $crate::entity! { @definition $entity $table $schema $alias $key
            ($crate::schema::Tenancy::Through {
                from: $entity::$from.name(),
                parent: const { &<$parent as $crate::Entity>::DEFINITION },
            })
        }
        $crate::entity! { @columns $entity $($columns)* }
    };
    (@tenancy $entity:ident $table:tt $schema:tt $alias:tt $key:tt
        $(#[$meta:meta])* tenant $tenant:ident: $tenant_type:ty = $tenant_name:literal; $($columns:tt)*
    ) => {
        $crate::entity! { @definition $entity $table $schema $alias $key
            ($crate::schema::Tenancy::Column {
                name: $tenant_name,
                data_type: <$tenant_type as $crate::schema::SqlType>::DATA_TYPE,
            })
        }
        $crate::entity! { @column $entity $(#[$meta])* $tenant: $tenant_type = $tenant_name; }
        $crate::entity! { @columns $entity $($columns)* }
    };
    (@tenancy $entity:ident $table:tt $schema:tt $alias:tt ($key_name:literal, $key_type:ty)
        tenant key; $($columns:tt)*
    ) => {
        $crate::entity! { @definition $entity $table $schema $alias ($key_name, $key_type)
            ($crate::schema::Tenancy::Column {
                name: $key_name,
                data_type: <$key_type as $crate::schema::SqlType>::DATA_TYPE,
            })
        }
        $crate::entity! { @columns $entity $($columns)* }
    };
    (@tenancy $entity:ident $table:tt $schema:tt $alias:tt $key:tt shared; $($columns:tt)*) => {
        $crate::entity! { @definition $entity $table $schema $alias $key ($crate::schema::Tenancy::Shared) }
        $crate::entity! { @columns $entity $($columns)* }
    };
    (@tenancy $entity:ident $($rest:tt)*) => {
        compile_error!(concat!(
            "the entity `", stringify!($entity), "` does not say whose its rows are: after the key write ",
            "`tenant TEAM_ID: i64 = \"team_id\";`, `tenant through PARENT_ID => Parent;`, `tenant key;` or `shared;`"
        ));
    };

    (@definition $entity:ident ($table:literal) ($($schema:literal)?) ($alias:literal)
        ($key_name:literal, $key_type:ty) ($tenancy:expr)
    ) => {
        impl $crate::Entity for $entity {
            type Key = $key_type;
            const DEFINITION: $crate::schema::EntityDefinition = $crate::schema::EntityDefinition::new(
                $crate::entity!(@option $($schema)?),
                $table,
                $alias,
                $key_name,
                <$key_type as $crate::schema::SqlType>::DATA_TYPE,
                $tenancy,
            );
        }
        // Without this, a name that cannot be one is an error only where the entity is used.
        const _: &$crate::schema::EntityDefinition = &<$entity as $crate::Entity>::DEFINITION;
    };
    (@option) => { ::core::option::Option::None };
    (@option $schema:literal) => { ::core::option::Option::Some($schema) };

    (@columns $entity:ident) => {};
    (@columns $entity:ident
        $(#[$meta:meta])* $column:ident: $type:ty = $name:literal; $($rest:tt)*
    ) => {
        $crate::entity! { @column $entity $(#[$meta])* $column: $type = $name; }
        $crate::entity! { @columns $entity $($rest)* }
    };
    (@columns $entity:ident $($rest:tt)*) => {
        compile_error!(concat!(
            "in the entity `", stringify!($entity), "`: a column is written `NAME: RustType = \"name\";`, found `",
            stringify!($($rest)*), "`"
        ));
    };

    (@column $entity:ident $(#[$meta:meta])* $column:ident: $type:ty = $name:literal;) => {
        impl $entity {
            #[doc = concat!("The column `", $name, "`.")]
            $(#[$meta])*
            pub const $column: $crate::Column<Self, $type> = $crate::Column::new($name);
        }
        const _: ($crate::Column<$entity, $type>, $crate::schema::DataType) =
            ($entity::$column, <$type as $crate::schema::SqlType>::DATA_TYPE);
    };

    ($($anything:tt)*) => {
        compile_error!(
            "an entity is written `pub Name = \"table\" as \"word\" { key ID: i64 = \"id\"; tenant ...; ... }`"
        );
    };
}
