//! Operators in JSON, TOML and other formats: the text of their name.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use super::Operator;
use super::error::Quoted;

impl Serialize for Operator {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Operator {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Name)
    }
}

struct Name;

impl Visitor<'_> for Name {
    type Value = Operator;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an operator")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Operator, E> {
        let known = Operator::ALL.map(Operator::name);
        // serde's own error for this wants a list that lives forever.
        Operator::named(name).ok_or_else(|| {
            E::custom(format_args!(
                "no operator is named {}: use one of {}",
                Quoted(name),
                known.join(", ")
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_str, json, to_value};

    use super::*;
    use crate::filter::FilterRequest;

    #[test]
    fn operators_are_their_names() {
        for operator in Operator::ALL {
            let value = to_value(operator).unwrap();
            assert_eq!(value, operator.name());
            assert_eq!(serde_json::from_value::<Operator>(value).unwrap(), operator);
        }
        let refused = from_str::<Operator>("\"like\"").unwrap_err().to_string();
        assert!(
            refused.starts_with("no operator is named \"like\": use one of equals, contains,"),
            "{refused}"
        );
        assert!(from_str::<Operator>("5").is_err());
    }

    #[test]
    fn requests_are_their_fields() {
        let request = FilterRequest::new("tags", "any of", ["rare", ""]);
        let value = json!({"column": "tags", "operator": "any of", "values": ["rare", ""]});
        assert_eq!(to_value(&request).unwrap(), value);
        assert_eq!(
            serde_json::from_value::<FilterRequest>(value).unwrap(),
            request
        );
    }

    #[test]
    fn other_fields_and_types_are_refused() {
        for text in [
            "{}",
            r#"{"column": "a", "operator": "on"}"#,
            r#"{"column": "a", "operator": "on", "values": "1"}"#,
            r#"{"column": "a", "operator": "on", "values": [1]}"#,
            r#"{"column": "a", "operator": "on", "values": ["1"], "value": "2"}"#,
            r#"{"column": "a", "operator": "on", "values": ["1"], "values": []}"#,
        ] {
            assert!(from_str::<FilterRequest>(text).is_err(), "{text}");
        }
    }
}
