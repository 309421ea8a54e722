//! Chats as channels, from the form of staff to what a reader in the chat sees.

use lightship::domain::chat::{ChatAddress, ChatService};
use serde_json::{Value, json};

use crate::channels::{deliveries, edit, later, now, post, world};
use crate::chat_doubles::Posted;
use crate::chat_doubles::server::Server;
use crate::support::app::TestApp;

const SECRET: &str = "s3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3cr3t";

/// A service that listens, and the channel that leads to it.
async fn channel(app: &mut TestApp, service: ChatService) -> (Server, Value) {
    let (path, room, token) = match service {
        ChatService::Matrix => ("", Some("!abc:example.com"), Some(SECRET.to_owned())),
        ChatService::Mattermost => ("/hooks/s3cr3t", None, None),
        ChatService::Telegram => (
            "",
            Some("-1001234567890"),
            Some(format!("123456789:{SECRET}")),
        ),
        ChatService::Ntfy => ("/protected-status", None, Some(format!("tk_{SECRET}"))),
        ChatService::Slack
        | ChatService::Discord
        | ChatService::Teams
        | ChatService::GoogleChat => panic!("these listen only at one place"),
    };
    let address = |url: &str| ChatAddress::parse(service, url, room, token.as_deref());
    let server = Server::start(address(&format!("https://a.example{path}")).expect("an address"));
    let url = format!("http://{}{path}", server.place);
    let mut body = json!({"kind": service.as_str(), "name": "Ops", "url": url});
    if let Some(room) = room {
        body["room"] = room.into();
    }
    if let Some(token) = token {
        body["token"] = token.into();
    }
    let added = app.post("/channels", body).await.expect(201);
    assert!(!added.text().contains(SECRET), "{}", added.text());
    (server, added.json())
}

/// What a reader sees, without the spaces of no width.
fn shown(posted: &Posted) -> String {
    assert_eq!(posted.calls, [""; 0]);
    posted.text.replace('\u{200b}', "")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_service_gets_the_post_its_updates_corrections_and_withdrawals() {
    for service in [
        ChatService::Matrix,
        ChatService::Telegram,
        ChatService::Mattermost,
        ChatService::Ntfy,
    ] {
        let mut app = world().await;
        let (server, added) = channel(&mut app, service).await;
        let test = format!("/channels/{}/test", added["id"].as_str().expect("an id"));
        app.post(&test, json!({})).await.expect(202);
        now(&mut app).await;
        let posts = server.posts();
        assert_eq!(
            posts.len(),
            1,
            "{service:?}: {:?}",
            deliveries(&app, &added).await
        );
        assert!(
            shown(&posts[0]).contains("trial message"),
            "{}",
            posts[0].text
        );
        let path = post(&mut app).await;
        later(&mut app).await;
        let updates = format!("{path}/updates");
        let body = json!({"markdown": "Fuond *it*, @everyone.", "phase": "identified"});
        let update = app.post(&updates, body).await.expect(201).json();
        later(&mut app).await;
        let posts = server.posts();
        assert_eq!(
            posts.len(),
            3,
            "{service:?}: {:?}",
            deliveries(&app, &added).await
        );
        let first = shown(&posts[1]);
        for part in [
            "🔴 Selma is down",
            "Operational → Major outage",
            "We are looking into it.",
        ] {
            assert!(first.contains(part), "{service:?}: {part}: {first}");
        }
        let second = shown(&posts[2]);
        for part in ["Identified", "Fuond it, @everyone."] {
            assert!(second.contains(part), "{service:?}: {part}: {second}");
        }
        let has_threads = [ChatService::Matrix, ChatService::Telegram].contains(&service);
        let root = has_threads.then(|| posts[1].id.clone());
        assert_eq!(posts[2].thread, root, "{service:?}");
        let update = format!("{updates}/{}", update["id"].as_str().expect("an id"));
        app.api("PATCH", &update, Some(json!({"markdown": "Found it."})))
            .await
            .expect(200);
        now(&mut app).await;
        let posts = server.posts();
        let corrected = posts.last().expect("a message");
        let text = shown(corrected);
        assert!(text.contains("Found it."), "{service:?}: {text}");
        assert_eq!(posts.len(), if has_threads { 3 } else { 4 }, "{service:?}");
        let note = if has_threads {
            "Corrected on"
        } else {
            "This corrects what we wrote"
        };
        assert!(text.contains(note), "{service:?}: {text}");
        app.api("DELETE", &update, None).await.expect(200);
        now(&mut app).await;
        let posts = server.posts();
        let text = shown(posts.last().expect("a message"));
        assert!(
            text.contains("An update was withdrawn."),
            "{service:?}: {text}"
        );
        assert!(!text.contains("Found it."), "{service:?}: {text}");
        assert_eq!(posts.len(), if has_threads { 3 } else { 5 }, "{service:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_of_what_was_deleted_in_the_chat_is_a_new_message() {
    let mut app = world().await;
    let (server, added) = channel(&mut app, ChatService::Telegram).await;
    let path = post(&mut app).await;
    later(&mut app).await;
    let updates = format!("{path}/updates");
    let update = app.post(&updates, json!({"markdown": "Fuond it."})).await;
    let update = update.expect(201).json();
    later(&mut app).await;
    server.delete_all();
    let update = format!("{updates}/{}", update["id"].as_str().expect("an id"));
    app.api("PATCH", &update, Some(json!({"markdown": "Found it."})))
        .await
        .expect(200);
    now(&mut app).await;
    let posts = server.posts();
    let all = deliveries(&app, &added).await;
    assert_eq!(posts.len(), 1, "{all:?}");
    let text = shown(&posts[0]);
    assert!(text.contains("This corrects what we wrote"), "{text}");
    assert!(text.contains("Found it."), "{text}");
    assert_eq!(all[0]["failure"], Value::Null);
    assert_eq!(
        all[1]["failure"],
        "what it belongs to was deleted at the service"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_isnt_an_address_is_refused_at_its_field_and_nothing_secret_is_shown() {
    let mut app = world().await;
    for (kind, url, room, token, pointer, words) in [
        (
            "slack",
            "https://example.com/x",
            None,
            None,
            "/url",
            "https://hooks.slack.com/services/",
        ),
        (
            "slack",
            "https://slack.com",
            None,
            Some("xoxb-1234567890"),
            "/room",
            "#status",
        ),
        (
            "discord",
            "https://discord.com/channels/1/2",
            None,
            None,
            "/url",
            "/api/webhooks/",
        ),
        (
            "teams",
            "https://teams.microsoft.com/l/x",
            None,
            None,
            "/url",
            "powerplatform.com",
        ),
        (
            "matrix",
            "https://m.example.com",
            Some("#a:b"),
            Some(SECRET),
            "/room",
            "!AbCdEf:",
        ),
        (
            "google_chat",
            "https://chat.google.com/room/x",
            None,
            None,
            "/url",
            "googleapis",
        ),
        (
            "mattermost",
            "https://chat.example.com/x",
            None,
            None,
            "/url",
            "/hooks/",
        ),
        (
            "telegram",
            "https://api.telegram.org",
            Some("@example"),
            None,
            "/token",
            "123456789:",
        ),
        (
            "ntfy",
            "https://ntfy.sh/a/b",
            None,
            None,
            "/url",
            "ntfy.sh/topic",
        ),
    ] {
        let body = json!({"kind": kind, "name": "Ops", "url": url, "room": room, "token": token});
        let body = body.as_object().expect("an object").clone();
        let body: serde_json::Map<_, _> =
            body.into_iter().filter(|(_, it)| !it.is_null()).collect();
        let refused = app
            .post("/channels", Value::Object(body))
            .await
            .expect(422)
            .json();
        let error = &refused["errors"][0];
        assert_eq!(error["pointer"], pointer, "{kind}: {refused}");
        let detail = error["detail"].as_str().expect("words");
        assert!(detail.contains(words), "{kind}: {detail}");
        assert!(!refused.to_string().contains(SECRET), "{refused}");
    }
    let hook = format!("https://hooks.slack.com/services/T1/B2/{SECRET}");
    let body = json!({"kind": "slack", "name": "Ops", "url": hook});
    let added = app.post("/channels", body).await.expect(201).json();
    assert_eq!(added["address"], "https://hooks.slack.com/…");
    let bot = json!({
        "kind": "slack", "name": "Bot", "url": "https://slack.com", "room": "C0123456789",
        "token": format!("xoxb-{SECRET}"),
    });
    let added = app.post("/channels", bot).await.expect(201).json();
    assert_eq!(added["address"], "https://slack.com/… (C0123456789)");
    for path in ["/channels", "/audit"] {
        let listed = app.api_get(path).await.text().to_owned();
        assert!(!listed.contains(SECRET), "{path}: {listed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_credential_goes_to_no_other_host() {
    let mut app = world().await;
    let (server, added) = channel(&mut app, ChatService::Matrix).await;
    let path = format!("/channels/{}", added["id"].as_str().expect("an id"));
    let elsewhere = json!({"url": "http://localhost:1"});
    let refused = edit(&mut app, &path, elsewhere).await.expect(422);
    assert!(refused.text().contains("/token"), "{}", refused.text());
    // With a credential for it, or at the same host, it may lead elsewhere.
    let given = json!({"url": "http://localhost:1", "token": SECRET});
    edit(&mut app, &path, given).await.expect(200);
    let back = json!({"url": format!("http://{}", server.place), "token": SECRET});
    edit(&mut app, &path, back).await.expect(200);
    let same = json!({"url": format!("http://{}/", server.place)});
    edit(&mut app, &path, same).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_channels_never_have_the_same_name() {
    let mut app = world().await;
    channel(&mut app, ChatService::Ntfy).await;
    let hook = |name: &str| json!({"kind": "webhook", "name": name, "url": "http://127.0.0.1:1/"});
    let refused = app.post("/channels", hook(" OPS ")).await.expect(422);
    assert!(
        refused.text().contains("another name"),
        "{}",
        refused.text()
    );
    let other = app
        .post("/channels", hook("Pager"))
        .await
        .expect(201)
        .json();
    let path = format!("/channels/{}", other["id"].as_str().expect("an id"));
    edit(&mut app, &path, json!({"name": "Ops"}))
        .await
        .expect(422);
    edit(&mut app, &path, json!({"name": "PAGER"}))
        .await
        .expect(200);
}
