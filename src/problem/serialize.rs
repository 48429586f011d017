//! Serializes values that may be nested deeply.

use std::cell::Cell;

use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::members::limit_depth;

/// How many levels of a value are visited. Parsers of JSON read at most 128.
const MAX_LEVELS: usize = 130;

/// The JSON of a value, cut at 64 levels; `None` if it cannot be serialized.
///
/// A value with more than 130 levels is leaked, because its destructor could overflow the stack.
pub(crate) fn to_value(value: impl Serialize) -> Option<Value> {
    let is_too_deep = Cell::new(false);
    let bounded = Bounded {
        value: &value,
        levels: MAX_LEVELS,
        is_too_deep: &is_too_deep,
    };
    let json = serde_json::to_value(bounded);
    if is_too_deep.get() {
        std::mem::forget(value);
    }
    json.ok().map(limit_depth)
}

/// A value, or a serializer of one, that visits so many levels.
#[derive(Clone, Copy)]
struct Bounded<'a, T> {
    value: T,
    levels: usize,
    is_too_deep: &'a Cell<bool>,
}

impl<'a, T> Bounded<'a, T> {
    fn with<U>(&self, value: U) -> Bounded<'a, U> {
        Bounded {
            value,
            levels: self.levels,
            is_too_deep: self.is_too_deep,
        }
    }

    /// One level further in.
    fn inner<U>(&self, value: U) -> Bounded<'a, U> {
        Bounded {
            levels: self.levels.saturating_sub(1),
            ..self.with(value)
        }
    }
}

impl<T: Serialize + ?Sized> Serialize for Bounded<'_, &T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.levels == 0 {
            self.is_too_deep.set(true);
            return serializer.serialize_str("…");
        }
        self.value.serialize(self.with(serializer))
    }
}

macro_rules! forward {
    ($($method:ident: $type:ty,)+) => {
        $(
            fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
                self.value.$method(value)
            }
        )+
    };
}

impl<'a, S: Serializer> Serializer for Bounded<'a, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Bounded<'a, S::SerializeSeq>;
    type SerializeTuple = Bounded<'a, S::SerializeTuple>;
    type SerializeTupleStruct = Bounded<'a, S::SerializeTupleStruct>;
    type SerializeTupleVariant = Bounded<'a, S::SerializeTupleVariant>;
    type SerializeMap = Bounded<'a, S::SerializeMap>;
    type SerializeStruct = Bounded<'a, S::SerializeStruct>;
    type SerializeStructVariant = Bounded<'a, S::SerializeStructVariant>;

    forward! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_i128: i128,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_u128: u128,
        serialize_f32: f32,
        serialize_f64: f64,
        serialize_char: char,
        serialize_str: &str,
        serialize_bytes: &[u8],
        serialize_unit_struct: &'static str,
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.value.serialize_none()
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.value.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        let value = self.inner(value);
        self.value.serialize_some(&value)
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.value.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let value = self.inner(value);
        self.value.serialize_newtype_struct(name, &value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let value = self.inner(value);
        self.value
            .serialize_newtype_variant(name, index, variant, &value)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        let bounded = self.inner(());
        Ok(bounded.with(self.value.serialize_seq(length)?))
    }

    fn serialize_tuple(self, length: usize) -> Result<Self::SerializeTuple, S::Error> {
        let bounded = self.inner(());
        Ok(bounded.with(self.value.serialize_tuple(length)?))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        let bounded = self.inner(());
        Ok(bounded.with(self.value.serialize_tuple_struct(name, length)?))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        let bounded = self.inner(());
        let inner = self
            .value
            .serialize_tuple_variant(name, index, variant, length)?;
        Ok(bounded.with(inner))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        let bounded = self.inner(());
        Ok(bounded.with(self.value.serialize_map(length)?))
    }

    fn serialize_struct(
        self,
        name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        let bounded = self.inner(());
        Ok(bounded.with(self.value.serialize_struct(name, length)?))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        let bounded = self.inner(());
        let inner = self
            .value
            .serialize_struct_variant(name, index, variant, length)?;
        Ok(bounded.with(inner))
    }

    fn is_human_readable(&self) -> bool {
        self.value.is_human_readable()
    }
}

/// The items of sequences and tuples.
macro_rules! items {
    ($($trait:ident: $method:ident,)+) => {
        $(
            impl<S: $trait> $trait for Bounded<'_, S> {
                type Ok = S::Ok;
                type Error = S::Error;

                fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
                    let value = self.with(value);
                    self.value.$method(&value)
                }

                fn end(self) -> Result<S::Ok, S::Error> {
                    self.value.end()
                }
            }
        )+
    };
}

items! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field,
}

macro_rules! fields {
    ($($trait:ident,)+) => {
        $(
            impl<S: $trait> $trait for Bounded<'_, S> {
                type Ok = S::Ok;
                type Error = S::Error;

                fn serialize_field<T: Serialize + ?Sized>(
                    &mut self,
                    key: &'static str,
                    value: &T,
                ) -> Result<(), S::Error> {
                    let value = self.with(value);
                    self.value.serialize_field(key, &value)
                }

                fn end(self) -> Result<S::Ok, S::Error> {
                    self.value.end()
                }
            }
        )+
    };
}

fields! {
    SerializeStruct,
    SerializeStructVariant,
}

impl<S: SerializeMap> SerializeMap for Bounded<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        // A key is never nested.
        self.value.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        let value = self.with(value);
        self.value.serialize_value(&value)
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.value.end()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn nested(levels: usize) -> Value {
        (0..levels).fold(Value::Null, |value, _| Value::Array(vec![value]))
    }

    #[test]
    fn a_value_is_serialized_as_serde_json_does() {
        #[derive(Serialize)]
        enum Kind {
            Unit,
            Newtype(u8),
            Tuple(u8, char),
            Struct { a: Option<u8> },
        }
        #[derive(Serialize)]
        struct All {
            kinds: Vec<Kind>,
            map: BTreeMap<u8, (f64, &'static str)>,
            none: Option<()>,
            unit: (),
        }
        let all = All {
            kinds: vec![
                Kind::Unit,
                Kind::Newtype(1),
                Kind::Tuple(2, 'c'),
                Kind::Struct { a: Some(3) },
            ],
            map: BTreeMap::from([(7, (0.5, "x"))]),
            none: None,
            unit: (),
        };
        assert_eq!(to_value(&all), serde_json::to_value(&all).ok());
    }

    #[test]
    fn a_value_of_any_depth_is_cut_without_overflowing_the_stack() {
        let run = || {
            assert_eq!(
                to_value(nested(200_000)),
                to_value(nested(100)).map(|_| limit_depth(nested(100)))
            );
        };
        let thread = std::thread::Builder::new().stack_size(512 * 1024);
        thread.spawn(run).unwrap().join().unwrap();
    }
}
