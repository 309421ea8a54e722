//! How requests are described: each field and parameter once, for everything that needs it.

use serde::{Deserialize, Deserializer};

/// Defines the body of a request. A field is `MANNER NAME: TYPE = READER`, where the reader is a
/// function of `values`; its doc comment and `#[schema(..)]` go into the contract. From this follow
/// what the client sends, what the server reads, which names it knows, and the contract.
///
/// The manner says what it means if the field is missing:
///
/// - `required`: it's a mistake. `required("key")` gives the field another name in JSON.
/// - `optional`: nothing, and so does `null`.
/// - `defaulted`: the default of its type, and so does `null`.
/// - `edited`: it stays as it is; `null` clears it.
/// - `replaced`: it stays as it is; `null` is a mistake.
///
/// `refused NAME = HOW` is a field that people may expect, with what to do instead. `check` names a
/// function that checks the fields together.
macro_rules! request {
    (@key $field:ident) => {
        stringify!($field)
    };
    (@key $field:ident $key:tt) => {
        $key
    };
    (
        $(#[$about:meta])*
        pub struct $name:ident {
            $(
                $(refused $refused:ident = $instead:literal)?
                $(#[$field:meta])*
                $(required $(($key:tt))? $required:ident: $required_type:ty = $required_read:ident)?
                $(optional $optional:ident: $optional_type:ty = $optional_read:ident)?
                $(defaulted $defaulted:ident: $defaulted_type:ty = $defaulted_read:ident)?
                $(edited $edited:ident: $edited_type:ty = $edited_read:ident)?
                $(replaced $replaced:ident: $replaced_type:ty = $replaced_read:ident)?
            ,)+
        }
        $(check $check:ident;)?
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $(
                $(#[$field])*
                $($(#[serde(rename = $key)])? pub $required: $required_type,)?
                $(
                    #[serde(skip_serializing_if = "Option::is_none")]
                    pub $optional: Option<$optional_type>,
                )?
                $(
                    #[serde(default, skip_serializing_if = "crate::wire::request_macro::is_default")]
                    pub $defaulted: $defaulted_type,
                )?
                $(
                    #[serde(
                        default,
                        skip_serializing_if = "Option::is_none",
                        deserialize_with = "crate::wire::request_macro::present"
                    )]
                    #[schema(value_type = Option<$edited_type>)]
                    pub $edited: Option<Option<$edited_type>>,
                )?
                $(
                    #[serde(skip_serializing_if = "Option::is_none")]
                    #[schema(nullable = false)]
                    pub $replaced: Option<$replaced_type>,
                )?
            )+
        }

        impl $crate::wire::fields::Body for $name {
            fn read(fields: &mut $crate::wire::fields::Fields<'_>) -> Option<Self> {
                use $crate::wire::values;
                $(
                    $(fields.refused(stringify!($refused), $instead);)?
                    $(
                        let key = request!(@key $required $($key)?);
                        let $required = fields.required(key, values::$required_read);
                    )?
                    $(let $optional = fields.optional(stringify!($optional), values::$optional_read);)?
                    $(
                        let $defaulted = fields.optional(stringify!($defaulted), values::$defaulted_read);
                    )?
                    $(let $edited = fields.edited(stringify!($edited), values::$edited_read);)?
                    $(let $replaced = fields.replaced(stringify!($replaced), values::$replaced_read);)?
                )+
                let read = Self {
                    $(
                        $($required: $required?,)?
                        $($optional,)?
                        $($defaulted: $defaulted.unwrap_or_default(),)?
                        $($edited,)?
                        $($replaced,)?
                    )+
                };
                $(read.$check(fields);)?
                Some(read)
            }
        }
    };
}

/// Defines the parameters of a query, all of which may be left out. From this follow what the
/// client asks, what the server accepts, and the contract.
macro_rules! query {
    (
        $(#[$about:meta])*
        pub struct $name:ident { $($(#[$field:meta])* $parameter:ident,)+ }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, utoipa::IntoParams)]
        #[into_params(parameter_in = Query)]
        pub struct $name {
            $($(#[$field])* pub $parameter: Option<String>,)+
        }

        impl $name {
            /// Takes each parameter by its name.
            pub fn read(mut take: impl FnMut(&'static str) -> Option<String>) -> Self {
                Self { $($parameter: take(stringify!($parameter)),)+ }
            }

            /// The parameters that are set, each with its value.
            pub fn pairs(&self) -> Vec<(&'static str, &str)> {
                let all = [$((stringify!($parameter), &self.$parameter),)+].into_iter();
                all.filter_map(|(name, value)| Some((name, value.as_deref()?)))
                    .collect()
            }
        }
    };
}

pub(super) use {query, request};

/// Whether a field has the value that it has when left out, so that it can be left out.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Reads a field that is present, even if it is `null`.
pub(super) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}
