//! JSON Merge Patch ([RFC 7396](https://www.rfc-editor.org/rfc/rfc7396)): the caller checks the whole new state, not
//! the patch.

use serde_json::{Map, Value};

/// Depth beyond which a patch is not followed; deeper values are taken over as they are.
const MAX_DEPTH: u8 = 32;

/// The target after the patch: `null` removes a member, objects merge, everything else replaces.
pub fn merge(target: Map<String, Value>, patch: Map<String, Value>) -> Map<String, Value> {
    merge_at(target, patch, 0)
}

fn merge_at(mut target: Map<String, Value>, patch: Map<String, Value>, depth: u8) -> Map<String, Value> {
    for (name, change) in patch {
        match change {
            Value::Null => {
                target.remove(&name);
            }
            Value::Object(inner) if depth < MAX_DEPTH => {
                let old = match target.remove(&name) {
                    Some(Value::Object(old)) => old,
                    _ => Map::new(),
                };
                target.insert(name, Value::Object(merge_at(old, inner, depth + 1)));
            }
            other => {
                target.insert(name, other);
            }
        }
    }
    target
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(target: Value, patch: Value) -> Value {
        let (Value::Object(target), Value::Object(patch)) = (target, patch) else { unreachable!() };
        Value::Object(merge(target, patch))
    }

    #[test]
    fn the_examples_of_rfc_7396_hold() {
        for (target, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            assert_eq!(merged(target, patch), result);
        }
    }
}
