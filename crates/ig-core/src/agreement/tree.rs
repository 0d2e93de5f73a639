//! The parsed file as serde reads it: one kind of value with its place, so that every mistake names path and line.

use super::date::OR_ANOTHER;
use super::mistake::Mistake;
use super::place::shown;
use serde::de::value::{SeqDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// A value of the file.
#[derive(Clone, Copy)]
pub(super) struct Node<'n>(pub(super) &'n DeValue<'n>);

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.0 {
            DeValue::String(text) => visitor.visit_str(text),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => visitor.visit_i64(number),
                Err(_) => Err(Mistake::custom("a whole number of at most 18 digits")),
            },
            DeValue::Float(number) => match number.as_str().parse() {
                Ok(number) => visitor.visit_f64(number),
                Err(_) => Err(Mistake::custom("a number")),
            },
            DeValue::Boolean(value) => visitor.visit_bool(*value),
            // No field takes a date by accident: those that want one ask for it below.
            DeValue::Datetime(_) => Err(Mistake::custom("a value in quotes, or a number")),
            DeValue::Array(items) => visitor.visit_seq(Items(items.iter().enumerate())),
            DeValue::Table(table) => visitor.visit_map(Entries { rest: table.iter(), value: None }),
        }
    }

    /// A date of the calendar is three numbers.
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let DeValue::Datetime(found) = self.0 else { return Err(Mistake::custom("a date")) };
        match (found.date, found.time, found.offset) {
            (Some(date), None, None) => {
                let parts = [date.year, date.month.into(), date.day.into()];
                visitor.visit_seq(SeqDeserializer::<_, Mistake>::new(parts.into_iter()))
            }
            _ => Err(Mistake::custom("a date")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Mistake> {
        if name == OR_ANOTHER && !matches!(self.0, DeValue::Datetime(_)) {
            return self.deserialize_any(visitor);
        }
        visitor.visit_newtype_struct(self)
    }

    /// Serde would also take a list for a table.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        match self.0 {
            DeValue::Table(_) => self.deserialize_any(visitor),
            _ => Err(Mistake::custom("a table with keys of its own")),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        match self.0 {
            DeValue::String(text) => visitor.visit_enum(Word(text)),
            _ => Err(Mistake::one_of(variants)),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple map identifier ignored_any
    }
}

/// A word that stands for a value of its own.
struct Word<'n>(&'n str);

impl<'de> EnumAccess<'de> for Word<'de> {
    type Error = Mistake;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Mistake> {
        seed.deserialize(StrDeserializer::new(self.0)).map(|value| (value, self))
    }
}

impl<'de> VariantAccess<'de> for Word<'de> {
    type Error = Mistake;

    fn unit_variant(self) -> Result<(), Mistake> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _seed: S) -> Result<S::Value, Mistake> {
        Err(Mistake::custom("a word without settings"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, _visitor: V) -> Result<V::Value, Mistake> {
        Err(Mistake::custom("a word without settings"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Mistake> {
        Err(Mistake::custom("a word without settings"))
    }
}

/// The items of a list, numbered from 1.
struct Items<'n>(std::iter::Enumerate<std::slice::Iter<'n, Spanned<DeValue<'n>>>>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Mistake;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Mistake> {
        let Some((place, item)) = self.0.next() else { return Ok(None) };
        let value = seed.deserialize(Node(item.get_ref()));
        value.map(Some).map_err(|mistake| mistake.inside(&format!("[{}]", place + 1), item.span().start))
    }
}

/// The keys and values of a table.
struct Entries<'n> {
    rest: <&'n DeTable<'n> as IntoIterator>::IntoIter,
    value: Option<(&'n Spanned<DeString<'n>>, &'n DeValue<'n>)>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Mistake;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Mistake> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some((key, value.get_ref()));
        let name = seed.deserialize(StrDeserializer::new(key.get_ref()));
        name.map(Some).map_err(|mistake| at_key(mistake, key))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Mistake> {
        let (key, value) = self.value.take().ok_or_else(|| Mistake::custom("a key before its value"))?;
        seed.deserialize(Node(value)).map_err(|mistake| at_key(mistake, key))
    }
}

fn at_key(mistake: Mistake, key: &Spanned<DeString<'_>>) -> Mistake {
    mistake.inside(&shown(key.get_ref()), key.span().start)
}
