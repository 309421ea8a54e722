//! Tokens that may not set states: the command names the missing scope with the name that people
//! know.

use serde_json::json;

use super::bench::Bench;
use super::fake_server::Reply;
use super::open;
use crate::domain::scope::Scope;

#[test]
fn whoever_may_not_set_states_reads_which_scope_is_missing() {
    let missing = Scope::StatesWrite.named();
    assert_eq!(missing, "\"States\" (states:write)");
    let detail = format!("the token \"words\" lacks the scope {missing}, so nothing was done");
    let refusal = json!({"title": "Forbidden", "status": 403, "detail": detail});
    let bench = Bench::new(move |request| match request.method() {
        "GET" => open(&["selma-down"]),
        _ => Reply::json(403, &refusal),
    });
    let commands: [&[&str]; 3] = [
        &["state", "selma", "degraded"],
        &["update", "Selma is slow.", "--set", "selma=degraded"],
        &["resolve", "It is over."],
    ];
    for command in commands {
        let before = bench.posts().len();
        let ran = bench.run(command);
        assert_eq!(ran.code, 1, "{command:?}");
        assert!(ran.err.contains(&missing), "{command:?}: {}", ran.err);
        assert_eq!(ran.out, "", "{command:?}");
        // Retrying wouldn't help, so it isn't sent again.
        assert_eq!(bench.posts().len(), before + 1, "{command:?}");
    }
}
