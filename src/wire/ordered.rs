//! JSON objects whose order matters.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::slug::Slug;

/// A value for each of some components, in the order in which they were named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByComponent<V>(pub Vec<(Slug, V)>);

impl<V> Default for ByComponent<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> ByComponent<V> {
    /// The value for a component.
    pub fn find(&self, slug: &Slug) -> Option<&V> {
        let pair = self.0.iter().find(|(named, _)| named == slug);
        pair.map(|(_, value)| value)
    }

    /// Sets the value for a component, which keeps its place if it has one.
    pub fn set(&mut self, slug: &Slug, value: V) {
        match self.0.iter_mut().find(|(named, _)| named == slug) {
            Some((_, old)) => *old = value,
            None => self.0.push((slug.clone(), value)),
        }
    }

    /// Whether no component is named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<V: Serialize> Serialize for ByComponent<V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(slug, value)| (slug.as_str(), value)))
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for ByComponent<V> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct InOrder<V>(PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for InOrder<V> {
            type Value = ByComponent<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object whose keys are slugs of components")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(ByComponent(pairs))
            }
        }

        from.deserialize_map(InOrder(PhantomData))
    }
}
